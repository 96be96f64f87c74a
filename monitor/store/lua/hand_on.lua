-- An article leaves the queue of pages for that of articles, with its page's text or its feed's own:
-- it is on one of the two at any time. What became of the page is counted.
-- KEYS  1 leases  2 holders  3 ledger of pages  4 deadlines  5 job hash of the page
--       6 rq queue of articles  7 rq queues  8 ledger of articles  9 job hash of the article
--       10 counts  11 lane of the host that was asked  12 dead
-- ARGV  1 worker  2 job id of the page  3 job id of the article  4 its data  5 now (ms)  6 stamp
--       7 name of the count  8 how long the host is to be left alone (s)
-- Returns 'done', or 'void' when the page is not this worker's (any more), as after a resend.
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[1] then return 'void' end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
redis.call('HSET', KEYS[9], 'data', ARGV[4], 'origin', 'articles', 'description', 'one article',
  'status', 'queued', 'timeout', 180, 'created_at', ARGV[6], 'enqueued_at', ARGV[6])
redis.call('RPUSH', KEYS[6], ARGV[3])
redis.call('SADD', KEYS[7], KEYS[6])
redis.call('ZADD', KEYS[8], ARGV[5], ARGV[3])
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('ZREM', KEYS[4], ARGV[2])
redis.call('DEL', KEYS[5])
redis.call('HDEL', KEYS[12], ARGV[2]) -- a dead letter that RQ's tools put back is dead no more
redis.call('HINCRBY', KEYS[10], ARGV[7], 1)
local opens = tonumber(redis.call('HGET', KEYS[11], 'opens') or 0)
if now + ARGV[8] > opens then
  redis.call('HSET', KEYS[11], 'opens', now + ARGV[8])
  redis.call('EXPIRE', KEYS[11], math.ceil(ARGV[8]) + 1200)
end
return 'done'
