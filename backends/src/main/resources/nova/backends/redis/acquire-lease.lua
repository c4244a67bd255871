-- Takes a lease that nobody holds. The token is higher than every one before it, also when Redis has
-- forgotten those: it is the time in microseconds, or one more than the last where clocks went back.
-- KEYS  lease, fence
-- ARGV  node, milliseconds of the lease, milliseconds of the fence
-- Gives the token, or nothing when somebody holds it.
if redis.call('TYPE', KEYS[1]).ok == 'string' then
  return false
end
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0') or 0
local token = string.format('%.0f', math.max(time[1] * 1000000 + time[2], last + 1))
redis.call('PEXPIRE', KEYS[1], ARGV[2]) -- a full Redis refuses only a first write that needs memory
redis.call('SET', KEYS[1], token .. ' ' .. ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], token, 'PX', ARGV[3])
return token
