-- Takes a claim that was not renewed for long.
-- KEYS  when each claim was renewed last, claim
-- ARGV  node, channel, token before, milliseconds of a claim, milliseconds to keep it
-- Gives the token, or nothing when somebody has it.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local renewed = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or '0')
if redis.call('HGET', KEYS[2], 'token') ~= ARGV[3] or now - renewed < tonumber(ARGV[4]) then
  return false
end
local token = string.format('%.0f', math.max(time[1] * 1000000 + time[2], ARGV[3] + 1))
redis.call('HDEL', KEYS[2], 'free', 'asked', 'askedAt', 'askedFrom') -- first: see renew-claim
redis.call('HSET', KEYS[2], 'token', token, 'node', ARGV[1])
redis.call('ZADD', KEYS[1], now, ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return token
