-- How many milliseconds after a start of Redis, or after it was emptied, nobody is to take anything:
-- whoever holds something has that long to say so. Fails while Redis refuses writes; as what is held
-- does, it passes a full Redis, which refuses only a first write that needs memory.
-- KEYS  since
-- ARGV  milliseconds to wait
redis.call('PERSIST', KEYS[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = tonumber(redis.call('GET', KEYS[1]))
if not since or since > now then
  redis.call('SET', KEYS[1], string.format('%.0f', now))
  since = now
end
return math.max(0, since + ARGV[1] - now)
