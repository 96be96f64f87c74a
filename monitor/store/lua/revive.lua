-- A person puts a dead letter back on its queue, with a clean record.
-- KEYS  1 dead  2 rq failed registry  3 job hash  4 rq queue  5 rq queues  6 counts  7 ledger
--       8 disabled  9 delivery  10 digest
-- ARGV  1 id of the dead letter, which is that of its job  2 name of the count it leaves, or ''
--       3 now (ms)  4 'ledger' when its queue has one, or ''  5 channel to enable again, or ''
--       6 channel that it goes to instead, or ''  7 the data of its job then
-- Returns 'done', or 'gone' when there is no such letter (any more), as after a resend.
if redis.call('EXISTS', KEYS[3]) == 0 or redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
  return 'gone'
end
redis.call('ZREM', KEYS[2], ARGV[1])
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[3], 'data', ARGV[7], 'description', ARGV[6])
  for _, key in ipairs({ KEYS[9], KEYS[10] }) do
    if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'channel', ARGV[6]) end
  end
  redis.call('HDEL', KEYS[9], 'page') -- the other one has none of it
end
redis.call('HSET', KEYS[3], 'status', 'queued', 'failures', 0)
redis.call('HDEL', KEYS[3], 'error', 'waited')
redis.call('RPUSH', KEYS[4], ARGV[1])
redis.call('SADD', KEYS[5], KEYS[4])
if ARGV[2] ~= '' then redis.call('HINCRBY', KEYS[6], ARGV[2], -1) end
if ARGV[4] ~= '' then redis.call('ZADD', KEYS[7], ARGV[3], ARGV[1]) end
if ARGV[5] ~= '' then redis.call('HDEL', KEYS[8], ARGV[5]) end
return 'done'
