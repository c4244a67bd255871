-- Removes segments.
-- KEYS  fence, segments...
-- ARGV  token
-- Gives how many; -1 when another node has a higher token.
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
if last > tonumber(ARGV[1]) then
  return -1
end
local removed = 0
for i = 2, #KEYS do
  removed = removed + redis.call('UNLINK', KEYS[i])
end
return removed
