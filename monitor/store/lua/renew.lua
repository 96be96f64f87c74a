-- Prolong the leases a worker still holds.
-- KEYS  1 leases  2 holders      ARGV  1 worker  2 lease (s)  3.. job ids
-- Returns how many of them are still its own.
local time = redis.call('TIME')
local held = 0
for i = 3, #ARGV do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[1] then
    redis.call('ZADD', KEYS[1], 'XX', time[1] + time[2] / 1e6 + ARGV[2], ARGV[i])
    held = held + 1
  end
end
return held
