-- A stream key that is known, or else the generation under which it may become known.
-- KEYS  key, generation
-- ARGV  a name that no generation had, milliseconds to keep the generation
-- Gives 1 and the key, or 0 and the generation.
local known = redis.call('GET', KEYS[1])
if known then
  return {'1', known}
end
local generation = redis.call('GET', KEYS[2])
if not generation then
  generation = ARGV[1]
  redis.call('SET', KEYS[2], generation, 'PX', ARGV[2])
end
return {'0', generation}
