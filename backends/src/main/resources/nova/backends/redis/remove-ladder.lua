-- Removes what a stream is encoded to.
-- KEYS  fence, ladder
-- ARGV  token
-- Gives whether there was one; -1 when another node has a higher token.
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if last > tonumber(ARGV[1]) then
  return -1
end
return redis.call('UNLINK', KEYS[2])
