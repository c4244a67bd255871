-- Lets go of a claim, if it is still one's own: ends it, or lets whoever asked have it.
-- KEYS  when each claim was renewed last, claim
-- ARGV  channel, token or nothing for a claim without one, 1 when the stream is over, status
if (redis.call('HGET', KEYS[2], 'token') or '') ~= ARGV[2] then
  return 0
end
if ARGV[3] == '1' then
  redis.call('DEL', KEYS[2])
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('HDEL', KEYS[2], 'free') -- a full Redis refuses only a first write that needs memory
  redis.call('HSET', KEYS[2], 'free', '1', 'status', ARGV[4])
end
return 1
