-- Notes who was seen now, and forgets who was not for a while.
-- KEYS  when each was seen last: those of one kind as a negative number, so that both kinds are
--       counted, and those who left are found, without a look at the others
-- ARGV  milliseconds until they are forgotten, how many of the first kind come first, names
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first = tonumber(ARGV[2])
for i = 3, #ARGV do
  redis.call('ZADD', KEYS[1], i - 2 <= first and now or -now, ARGV[i])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], -(now - ARGV[1]), now - ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return #ARGV - 2
