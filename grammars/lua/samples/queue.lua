#!/usr/bin/lua
-- A queue.
local Queue = {}
Queue.__index = Queue

--[[ A comment
of several lines. ]]
function Queue.new(limit)
  return setmetatable({ first = 1, last = 0, ["limit"] = limit or 10, 'x'; }, Queue)
end

function Queue:push(value, ...)
  if self.last - self.first >= self.limit then
    error("full: " .. tostring(value) .. '\n', 2)
  elseif value == nil and not ... then
    return false
  else
    self.last = self.last + 1
    self[self.last] = value
  end
  return true
end

local text = [==[
raw ]] text]==]

for i = 1, 10, 2 do print(i ^ 2 // 1 % 3) end
for name, value in pairs(Queue) do
  while value ~= nil do value = nil; break end
end
repeat local x = #text until x > 0x1F or x < 1e3
local square = function(x) return x * x end
goto done
::done::
print(square(2), Queue.new { 1, 2 })
