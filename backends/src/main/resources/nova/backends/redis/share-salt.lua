-- Puts the salt of a day where there is none.
-- KEYS  salt
-- ARGV  salt, seconds to keep it
-- Gives the one that is there.
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2])
return redis.call('GET', KEYS[1])
