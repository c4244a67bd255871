-- What was announced lately.
-- KEYS  when each was announced last, what each is
-- ARGV  milliseconds that count as lately, how many at most
-- Gives names and what they are, by turns.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local names =
  redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. (now - ARGV[1]), '+inf', 'LIMIT', 0, ARGV[2])
local found = {}
for _, name in ipairs(names) do
  local value = redis.call('HGET', KEYS[2], name)
  if value then
    found[#found + 1] = name
    found[#found + 1] = value
  end
end
return found
