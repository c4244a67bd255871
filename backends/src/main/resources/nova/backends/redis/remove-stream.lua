-- Removes a stream whose media is gone, and tells everybody. The fence stays.
-- KEYS  fence, timeline, poster, names of all media
-- ARGV  token, channel, notice
-- Gives 1; -1 when another node has a higher token.
local token = tonumber(ARGV[1])
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
local stored = tonumber(redis.call('HGET', KEYS[2], 't') or '0') or 0
if last > token or stored > token then
  return -1
end
redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
