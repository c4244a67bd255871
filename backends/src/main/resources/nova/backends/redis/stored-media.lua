-- What is there of segments and sections.
-- KEYS  segments and sections...
-- Gives by turns of each the number of its fields, below zero for a complete one, whose fields are one
-- more than its parts; and its bytes.
local found = {}
for _, key in ipairs(KEYS) do
  local count, bytes = 0, 0
  local fields = redis.call('HKEYS', key)
  for _, field in ipairs(fields) do
    if field == 'n' then
      count = -#fields
    else
      bytes = bytes + redis.call('HSTRLEN', key, field)
    end
  end
  found[#found + 1] = count == 0 and #fields or count
  found[#found + 1] = bytes
end
return found
