-- How many were seen lately.
-- KEYS  when each was seen last, as see-viewers.lua has it
-- ARGV  milliseconds that count as lately
-- Gives how many of the first kind, and of the other.
local time = redis.call('TIME')
local since = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[1]
return {
  redis.call('ZCOUNT', KEYS[1], '(' .. since, '+inf'),
  redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. -since),
}
