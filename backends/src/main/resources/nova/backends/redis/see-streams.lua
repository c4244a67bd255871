-- Notes which streams are watched now, and forgets which were not for a while.
-- KEYS  when each was watched last
-- ARGV  milliseconds until they are forgotten, names
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 2, #ARGV do
  redis.call('ZADD', KEYS[1], now, ARGV[i])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return #ARGV - 1
