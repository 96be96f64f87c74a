-- A job is not begun now: it comes back later, as it was. What its work is about stays untouched.
-- KEYS  1 job hash  2 leases  3 holders  4 later
-- ARGV  1 worker  2 job id  3 after (s)  4 how long it may be put off in all (s)
-- Returns 'done'; 'late' when the first time was longer ago than that: then it stays with the worker;
-- 'void' when the job is not this worker's (any more), as after a resend.
if redis.call('HGET', KEYS[3], ARGV[2]) ~= ARGV[1] then return 'void' end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local since = tonumber(redis.call('HGET', KEYS[1], 'put_off') or '') or now
if now - since > tonumber(ARGV[4]) then return 'late' end
redis.call('HSET', KEYS[1], 'status', 'scheduled', 'put_off', since)
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[2])
redis.call('ZADD', KEYS[4], now + ARGV[3], ARGV[2])
return 'done'
