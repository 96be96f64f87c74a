-- Channels that tell in digests are met: since when each is known.
-- KEYS  1 digesting
-- ARGV  1 now (ms)  2.. channels
-- Returns since when (ms), of each. A resend changes nothing.
local since = {}
for i = 2, #ARGV do
  redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[1])
  since[#since + 1] = redis.call('HGET', KEYS[1], ARGV[i])
end
return since
