-- Notes who was seen now, and forgets who was not for a while.
-- KEYS  when each was seen last: those of one kind as a negative number, so that both kinds are
--       counted, and those who left are found, without a look at the others; when each came
-- ARGV  milliseconds until they are forgotten, or 0 for never; how many are at once; milliseconds
--       until all that is kept goes by itself; how many of the first kind come first; names
-- Gives who came, and who left after how many milliseconds: '+', name, 0 or '-', name, milliseconds
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first = tonumber(ARGV[4])
local changes = {}
for i = 5, #ARGV do
  if redis.call('ZADD', KEYS[1], i - 4 <= first and now or -now, ARGV[i]) == 1 then
    redis.call('HSET', KEYS[2], ARGV[i], now)
    changes[#changes + 1] = '+'
    changes[#changes + 1] = ARGV[i]
    changes[#changes + 1] = '0'
  end
end
if ARGV[1] ~= '0' then
  local left = redis.call('ZRANGEBYSCORE', KEYS[1], -(now - ARGV[1]), now - ARGV[1],
      'WITHSCORES', 'LIMIT', 0, ARGV[2])
  for i = 1, #left, 2 do
    local seen = math.abs(left[i + 1])
    local came = tonumber(redis.call('HGET', KEYS[2], left[i]) or seen) or seen
    redis.call('ZREM', KEYS[1], left[i])
    redis.call('HDEL', KEYS[2], left[i])
    changes[#changes + 1] = '-'
    changes[#changes + 1] = left[i]
    changes[#changes + 1] = string.format('%.0f', math.min(math.max(0, seen - came), 1e12))
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return changes
