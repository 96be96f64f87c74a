-- Replace a bundle that failed by jobs of one article each, so that a bad one cannot drag the rest.
-- KEYS  1 rq queue  2 leases  3 holders  4 ledger  5 job hash of the bundle  6.. hashes of the new jobs
-- ARGV  1 worker  2 job id of the bundle  3 now (ms)  4 stamp  5 origin  6 JSON [id]  7.. data of each
-- Returns 'done', or 'void' when the bundle is not this worker's (any more), as after a resend.
if redis.call('HGET', KEYS[3], ARGV[2]) ~= ARGV[1] then return 'void' end
local ids = cjson.decode(ARGV[6])
local admitted = redis.call('ZSCORE', KEYS[4], ARGV[2]) or ARGV[3] -- they wait for as long as it does
for i = #ids, 1, -1 do
  redis.call('HSET', KEYS[5 + i], 'data', ARGV[6 + i], 'origin', ARGV[5], 'description', 'one article',
    'status', 'queued', 'timeout', 180, 'created_at', ARGV[4], 'enqueued_at', ARGV[4], 'alone', '1')
  redis.call('LPUSH', KEYS[1], ids[i])
  redis.call('ZADD', KEYS[4], admitted, ids[i])
end
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[2])
redis.call('ZREM', KEYS[4], ARGV[2])
redis.call('DEL', KEYS[5])
return 'done'
