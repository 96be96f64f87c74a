-- Set a job aside whose data cannot be used: it is not what we write, or names a function not ours.
-- KEYS  1 leases  2 holders  3 ledger  4 dead  5 rq failed registry  6 job hash
-- ARGV  1 worker  2 job id  3 reason  4 now (ms)
-- Returns 'done', or 'void' when the job is not this worker's (any more), as after a resend.
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[1] then return 'void' end
local time = redis.call('TIME')
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('HSET', KEYS[6], 'status', 'failed', 'error', ARGV[3])
redis.call('ZADD', KEYS[5], time[1] + 31536000, ARGV[2])
redis.call('HSET', KEYS[4], ARGV[2],
  cjson.encode({ kind = 'job', id = ARGV[2], reason = ARGV[3], at = ARGV[4] }))
return 'done'
