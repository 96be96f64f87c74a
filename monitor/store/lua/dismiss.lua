-- Workers that were lost with their host, and so could not say that they leave, are forgotten.
-- KEYS  1 rq workers  2 rq workers of the queue  3 took  4 holders
-- ARGV  1 prefix of rq worker hashes
-- Such a hash runs out a minute after its worker was last heard of. What a worker took last answers
-- a resent take, and matters only as long as it holds any of it. Returns how many workers were
-- forgotten; a resend finds none.
local lost = {}
for _, key in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  if redis.call('EXISTS', key) == 0 then
    redis.call('SREM', KEYS[1], key)
    redis.call('SREM', KEYS[2], key)
    lost[key] = true
  end
end
local holds = {}
for _, worker in ipairs(redis.call('HVALS', KEYS[4])) do holds[worker] = true end
for _, worker in ipairs(redis.call('HKEYS', KEYS[3])) do
  local key = ARGV[1] .. worker
  if not holds[worker] and redis.call('EXISTS', key) == 0 then
    redis.call('HDEL', KEYS[3], worker)
    lost[key] = true
  end
end
local number = 0
for _ in pairs(lost) do number = number + 1 end
return number
