-- Removes what is of another type than belongs under its name.
-- KEYS  names...
-- ARGV  the type of each
-- Gives the names of what was removed.
local removed = {}
for i, key in ipairs(KEYS) do
  local found = redis.call('TYPE', key).ok
  if found ~= 'none' and found ~= ARGV[i] then
    redis.call('UNLINK', key)
    removed[#removed + 1] = key
  end
end
return removed
