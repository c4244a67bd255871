-- Keeps what a stream's packager still has for longer.
-- KEYS  fence, names of all media of the stream, whatever...
-- ARGV  token, milliseconds to keep it
-- Gives which of the keys are gone, counted from 0 after the names; -1 alone when another node has a
-- higher token.
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if last > tonumber(ARGV[1]) then
  return {-1}
end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
local gone = {}
for i = 3, #KEYS do
  if redis.call('PEXPIRE', KEYS[i], ARGV[2]) == 0 then
    gone[#gone + 1] = i - 3
  end
end
return gone
