-- Holds a lease for longer, also when Redis has forgotten it, unless somebody took it since.
-- KEYS  lease, fence
-- ARGV  node, milliseconds of the lease, milliseconds of the fence, token
-- Gives 1, or 0 when the lease is lost.
local last = tonumber(redis.call('GET', KEYS[2]) or '0') or 0
if last > tonumber(ARGV[4]) then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[2]) -- a full Redis refuses only a first write that needs memory
redis.call('SET', KEYS[1], ARGV[4] .. ' ' .. ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3])
return 1
