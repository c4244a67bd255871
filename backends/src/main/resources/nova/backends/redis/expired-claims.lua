-- Which claims were not renewed for long.
-- KEYS  when each claim was renewed last
-- ARGV  milliseconds of a claim, how many at most
-- Gives channels and when each was renewed last in milliseconds, by turns.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
