-- Claims a channel for a publisher, or asks who has it to let go.
-- KEYS  when each claim was renewed last, claim
-- ARGV   1 node           2 channel     3 attempt, a name that no other has
--        4 1 when the attempt has asked before               5 stream to begin   6 when it began
--        7 its status     8 address of the publisher          9 takeovers per minute
--       10 milliseconds of a claim   11 1 when claims can be expired
--       12 milliseconds to keep it   13 channel to tell
--       14 1 when holders had time to say what they hold, since Redis was started or emptied
-- Gives granted, token
--    or continued, token, stream, when it began, node before, status, when it was renewed last
--    or wait, settling, refused or superseded.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fields = redis.call(
  'HMGET', KEYS[2], 'stream', 'token', 'started', 'node', 'status', 'waiting', 'free', 'asked',
  'askedAt', 'takeovers')
local stream, last, started, node, status = fields[1], fields[2], fields[3], fields[4], fields[5]
local waiting, free, asked = fields[6], fields[7], fields[8]
local askedAt = tonumber(fields[9] or '0') or 0
local token =
  string.format('%.0f', math.max(time[1] * 1000000 + time[2], (tonumber(last or '0') or 0) + 1))

if not stream and ARGV[14] ~= '1' then
  return {'settling'}
end
if not stream then
  redis.call('DEL', KEYS[2]) -- a full Redis refuses only a first write that needs memory
  redis.call('HSET', KEYS[2], 'stream', ARGV[5], 'token', token, 'started', ARGV[6],
    'node', ARGV[1], 'status', ARGV[7], 'waiting', '0')
  redis.call('ZADD', KEYS[1], now, ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[12])
  return {'granted', token}
end

if ARGV[4] == '1' and asked ~= ARGV[3] then
  return {'superseded'}
end

local renewed = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or '0')
local expired = ARGV[11] == '1' and now - renewed >= tonumber(ARGV[10])
local deaf = ARGV[4] == '1' and now - askedAt >= tonumber(ARGV[10])
if free == '1' or waiting == '1' or expired or deaf then
  redis.call('HDEL', KEYS[2], 'free', 'asked', 'askedAt', 'askedFrom') -- first, as above
  redis.call('HSET', KEYS[2], 'token', token, 'node', ARGV[1], 'waiting', '0')
  redis.call('ZADD', KEYS[1], now, ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[12])
  redis.call('PUBLISH', ARGV[13], ARGV[2])
  return {'continued', token, stream, started, node, status, string.format('%.0f', renewed)}
end
if ARGV[4] == '1' then
  return {'wait'}
end

local recent = {}
for at in string.gmatch(fields[10] or '', '%d+') do
  if now - at < 60000 then
    recent[#recent + 1] = at
  end
end
if #recent >= tonumber(ARGV[9]) then
  return {'refused'}
end
recent[#recent + 1] = string.format('%.0f', now)
redis.call('HDEL', KEYS[2], 'asked') -- first, as above
redis.call('HSET', KEYS[2], 'takeovers', table.concat(recent, ' '), 'asked', ARGV[3],
  'askedAt', string.format('%.0f', now), 'askedFrom', ARGV[8])
redis.call('PUBLISH', ARGV[13], ARGV[2])
return {'wait'}
