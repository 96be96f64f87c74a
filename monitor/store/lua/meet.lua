-- Channels that tell in digests are met: since when each is known. One for whose digest alerts have
-- waited for an hour is older than this is kept: since 0, as if it was told before.
-- KEYS  1 digesting  2 digested  3.. of each channel what is gathered for its digest
-- ARGV  1 now (ms)  2.. channels
-- Returns since when (ms), of each. A resend changes nothing.
local since = {}
for i = 2, #ARGV do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then
    local waits = tonumber(redis.pcall('HGET', KEYS[i + 1], 'since') or '')
    local older = waits and waits < ARGV[1] - 3600000
    if older then redis.call('HSETNX', KEYS[2], ARGV[i], '0') end
    redis.call('HSET', KEYS[1], ARGV[i], older and '0' or ARGV[1])
  end
  since[#since + 1] = redis.call('HGET', KEYS[1], ARGV[i])
end
return since
