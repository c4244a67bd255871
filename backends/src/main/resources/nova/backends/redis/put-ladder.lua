-- Puts what a stream is encoded to.
-- KEYS  fence, ladder
-- ARGV  token, milliseconds to keep it, ladder
-- Gives 1; -1 when another node has a higher token.
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if last > tonumber(ARGV[1]) then
  return -1
end
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
return 1
