-- Removes media.
-- KEYS  fence, names of all media of the stream, media...
-- ARGV  token
-- Gives how many; -1 when another node has a higher token.
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if last > tonumber(ARGV[1]) then
  return -1
end
local removed = 0
for i = 3, #KEYS do
  removed = removed + redis.call('UNLINK', KEYS[i])
  redis.call('SREM', KEYS[2], KEYS[i])
end
return removed
