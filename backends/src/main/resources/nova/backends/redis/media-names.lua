-- The names of all media of a stream.
-- KEYS  names of all media of the stream
return redis.call('SMEMBERS', KEYS[1])
