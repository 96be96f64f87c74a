-- A job is not begun now: it comes back later, as it was. What its work is about stays untouched.
-- KEYS  1 job hash  2 leases  3 holders  4 later
-- ARGV  1 worker  2 job id  3 after (s)  4 how long it may wait in all (s), or '': then this wait does
--       not count
-- Returns 'done'; 'late' when it would wait longer than that: then it stays with the worker. Only waits
-- that were granted count, not the time in which nobody was here to grant them;
-- 'void' when the job is not this worker's (any more), as after a resend.
if redis.call('HGET', KEYS[3], ARGV[2]) ~= ARGV[1] then return 'void' end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
if ARGV[4] ~= '' then
  local waited = (tonumber(redis.call('HGET', KEYS[1], 'waited') or 0) or 0) + ARGV[3]
  if waited > tonumber(ARGV[4]) then return 'late' end
  redis.call('HSET', KEYS[1], 'waited', waited)
end
redis.call('HSET', KEYS[1], 'status', 'scheduled')
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[2])
redis.call('ZADD', KEYS[4], now + ARGV[3], ARGV[2])
return 'done'
