-- Puts a timeline whose media is there, and tells everybody.
-- KEYS  fence, timeline, segments with new parts...
-- ARGV  token, milliseconds to keep it, milliseconds to keep the fence, version, timeline, channel,
--       notice, 1 when one is there already, the last part of each of those segments...
-- Gives 1; 0 when one of this version or a later one is there; -1 when another node has a higher
-- token; -2 when none is there and one should be; -3 when a part is not there.
local token = tonumber(ARGV[1])
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
local stored = redis.call('HMGET', KEYS[2], 't', 'v')
local storedToken = tonumber(stored[1] or '0') or 0
local storedVersion = tonumber(stored[2] or '0') or 0
if last > token or storedToken > token then
  return -1
end
if ARGV[8] == '1' and not stored[1] then
  return -2
end
for i = 3, #KEYS do
  if redis.call('HEXISTS', KEYS[i], ARGV[i + 6]) == 0 then
    return -3
  end
end
if storedToken == token and storedVersion >= tonumber(ARGV[4]) then
  return 0
end
if last < token then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
end
redis.call('HSET', KEYS[2], 't', ARGV[1], 'v', ARGV[4], 's', ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 1
