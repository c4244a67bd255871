-- Holds a claim for longer, also when Redis has forgotten it, unless somebody has it since.
-- KEYS  when each claim was renewed last, claim
-- ARGV  node, channel, token, stream, when it began, status, 1 while the broadcaster is away,
--       milliseconds to keep it
-- Gives held, the attempt that asks for it or nothing, from where; or lost, the stream of who has it.
local time = redis.call('TIME')
local fields = redis.call('HMGET', KEYS[2], 'token', 'stream', 'asked', 'askedFrom')
local last = tonumber(fields[1] or '0') or 0
if last > tonumber(ARGV[3]) then
  return {'lost', fields[2]}
end
redis.call('PEXPIRE', KEYS[2], ARGV[8]) -- a full Redis refuses only a first write that needs memory
redis.call('HSET', KEYS[2], 'stream', ARGV[4], 'token', ARGV[3], 'started', ARGV[5],
  'node', ARGV[1], 'status', ARGV[6], 'waiting', ARGV[7])
redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[8])
return {'held', fields[3] or '', fields[4] or ''}
