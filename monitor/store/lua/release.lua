-- A gathering whose time has come becomes a digest, and a delivery of it.
-- KEYS  1 gathered  2 gathering  3 its alerts  4 digest  5 its alerts  6 delivery  7 job hash
--       8 delivery rq queue  9 rq queues  10 counts
-- ARGV  1 name  2 due (ms)  3 now (ms)  4 stamp  5 life (s)  6 job data  7 delivery id  8 digest id
--       9 channel  10 reason  11 watch  12 since (ms), '' for that of its first alert
--       13 gaps as JSON
--       14 '1' if an empty one is to be told
-- Returns 'told', 'nothing' where it was empty, 'void' where it is not (any more) due at that time, as
-- after a resend. Only names move: a gathering of any size is released in the same time.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 'void' end
local id = redis.call('HGET', KEYS[2], 'id')
if id and id ~= ARGV[8] then return 'void' end -- it was opened since it was looked at
redis.call('ZREM', KEYS[1], ARGV[1])
local count = redis.call('ZCARD', KEYS[3])
if count == 0 and ARGV[14] ~= '1' then
  redis.call('DEL', KEYS[2])
  return 'nothing'
end
if count > 0 then
  redis.call('RENAME', KEYS[2], KEYS[4])
  redis.call('RENAME', KEYS[3], KEYS[5])
  redis.call('EXPIRE', KEYS[5], ARGV[5])
else
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[4], 'channel', ARGV[9], 'reason', ARGV[10], 'watch', ARGV[11], 'title', '',
    'since', ARGV[2])
end
if ARGV[12] ~= '' and tonumber(ARGV[12]) < tonumber(redis.call('HGET', KEYS[4], 'since')) then
  redis.call('HSET', KEYS[4], 'since', ARGV[12])
end
redis.call('HSET', KEYS[4], 'until', ARGV[2], 'count', count, 'gaps', ARGV[13])
redis.call('EXPIRE', KEYS[4], ARGV[5])
local allowance = redis.call('HMGET', KEYS[4], 'allowance', 'span')
if allowance[1] and allowance[1] ~= '' then -- the summary is one of those that the watch may tell
  redis.call('ZADD', allowance[1], ARGV[3], ARGV[7])
  redis.call('PEXPIRE', allowance[1], allowance[2])
end
redis.call('HSET', KEYS[6], 'alert', ARGV[8], 'channel', ARGV[9], 'state', 'pending', 'attempts', 0,
  'answer', '', 'kind', 'digest')
redis.call('EXPIRE', KEYS[6], ARGV[5])
redis.call('HSET', KEYS[7], 'data', ARGV[6], 'origin', 'deliveries', 'description', ARGV[9],
  'status', 'queued', 'timeout', 180, 'created_at', ARGV[4], 'enqueued_at', ARGV[4])
redis.call('RPUSH', KEYS[8], ARGV[7])
redis.call('SADD', KEYS[9], KEYS[8])
redis.call('HINCRBY', KEYS[10], 'digests', 1)
return 'told'
