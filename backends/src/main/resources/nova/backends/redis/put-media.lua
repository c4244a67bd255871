-- Puts parts of a segment, or an initialization section as the only part, where they are not there.
-- KEYS  fence, names of all media of the stream, segment
-- ARGV  token, milliseconds to keep it, index of the first part, number of all parts or nothing while
--       the segment is open, parts...
-- Gives 1; -1 when another node has a higher token; -2 when the part before the first is gone.
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if last > tonumber(ARGV[1]) then
  return -1
end
local first = tonumber(ARGV[3])
if first > 0 and redis.call('HEXISTS', KEYS[3], string.format('%d', first - 1)) == 0 then
  return -2
end
redis.call('SADD', KEYS[2], KEYS[3]) -- first: where it fails, no segment is left that nobody removes
for i = 5, #ARGV do
  redis.call('HSETNX', KEYS[3], string.format('%d', first + i - 5), ARGV[i])
end
if ARGV[4] ~= '' then
  redis.call('HSETNX', KEYS[3], 'n', ARGV[4])
end
redis.call('PEXPIRE', KEYS[3], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
