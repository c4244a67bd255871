-- Gives a lease back, if it is still one's own. The fence stays.
-- KEYS  lease
-- ARGV  what the lease holds
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
