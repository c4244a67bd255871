-- Names a stream among those that have a timeline, and those no more that were not named for long.
-- KEYS  when each was named last
-- ARGV  stream, milliseconds until it is forgotten
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
