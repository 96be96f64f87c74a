-- Something is expected of a watch: so much, and since when. Another rate begins anew.
-- KEYS  1 expected
-- ARGV  1 watch  2 now (ms)  3 what is expected of it
-- Returns since when (ms). A resend changes nothing.
local known = redis.call('HGET', KEYS[1], ARGV[1])
local since, rate = (known or ''):match('^(%d+) (.*)$')
if rate == ARGV[3] then return since end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
return ARGV[2]
