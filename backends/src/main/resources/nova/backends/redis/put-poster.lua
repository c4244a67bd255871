-- Puts the latest poster of a stream that has a timeline, and tells everybody.
-- KEYS  fence, timeline, poster
-- ARGV  token, milliseconds to keep it, when it was taken, picture, channel, notice
-- Gives 1; -1 when another node has a higher token; -2 when there is no timeline.
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if last > tonumber(ARGV[1]) then
  return -1
end
if redis.call('EXISTS', KEYS[2]) == 0 then
  return -2
end
redis.call('HSET', KEYS[3], 'at', ARGV[3], 'jpeg', ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
redis.call('HSET', KEYS[2], 'p', ARGV[3])
redis.call('PUBLISH', ARGV[5], ARGV[6])
return 1
