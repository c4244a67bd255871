-- Keeps a stream key that was loaded, unless it was forgotten since the load began, or everything
-- was.
-- KEYS  key, generation
-- ARGV  generation when the load began, what is known, milliseconds to keep it
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
end
return 0
