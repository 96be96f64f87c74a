-- A page is not read now: it waits for its turn, for another try, or in the lane of the host that a
-- redirect leads to. Nothing else about its article changes.
-- KEYS  1 leases  2 holders  3 later  4 job hash  5 lane of the host that was asked
-- ARGV  1 worker  2 job id  3 after (s)  4 tries so far  5 how long the host asked is to be left alone
--       (s)  6 host to ask next  7 room between two starts there (s)  8 url to ask for there
--       9 redirects so far  10 why
-- Returns 'done', or 'void' when the job is not this worker's (any more), as after a resend.
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[1] then return 'void' end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
if redis.call('HGET', KEYS[4], 'host') == ARGV[6] then
  redis.call('HSET', KEYS[4], 'slot', now + ARGV[3]) -- its place in the lane is kept
else
  redis.call('HDEL', KEYS[4], 'slot')
end
redis.call('HSET', KEYS[4], 'status', 'scheduled', 'tries', ARGV[4], 'host', ARGV[6],
  'room', ARGV[7], 'url', ARGV[8], 'hops', ARGV[9], 'error', ARGV[10])
redis.call('ZADD', KEYS[3], now + ARGV[3], ARGV[2])
local opens = tonumber(redis.call('HGET', KEYS[5], 'opens') or 0)
if now + ARGV[5] > opens then
  redis.call('HSET', KEYS[5], 'opens', now + ARGV[5])
  redis.call('EXPIRE', KEYS[5], math.ceil(ARGV[5]) + 1200)
end
return 'done'
