-- What is there of segments.
-- KEYS  segments...
-- Gives of each the number of its fields; below zero for a complete one, whose fields are one more than
-- its parts.
local found = {}
for i, key in ipairs(KEYS) do
  local count = redis.call('HLEN', key)
  if redis.call('HEXISTS', key, 'n') == 1 then
    count = -count
  end
  found[i] = count
end
return found
