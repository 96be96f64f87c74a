-- A gathering that is due may not be told yet: it is put off (or told sooner, where nothing holds it
-- any more), or what it holds goes into the next digest of its channel.
-- KEYS  1 gathered  2 gathering  3 its alerts  4 delivery of the digest it would become
--       5 gathering of the digest, or the same  6 its alerts
-- ARGV  1 name  2 due (ms)  3 id  4 until when it has to wait (ms)  5 life (s)
--       6 name of the gathering of the digest, or the same
-- Returns 'done', or 'void' where it is not (any more) due at that time, as after a resend.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 'void' end
local id = redis.call('HGET', KEYS[2], 'id')
if id and id ~= ARGV[3] then return 'void' end -- it was opened since it was looked at
local into, since = nil, redis.call('HGET', KEYS[2], 'since')
if ARGV[6] ~= ARGV[1] then -- what is not ours is found before anything changes
  into = redis.call('HGET', KEYS[5], 'id')
  since = math.min(since or ARGV[2], redis.call('HGET', KEYS[5], 'since') or since or ARGV[2])
  redis.call('ZCARD', KEYS[3])
  redis.call('ZCARD', KEYS[6])
end
redis.call('HGET', KEYS[4], 'state')
if ARGV[6] == ARGV[1] then
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
  if not id then return 'done' end -- it is empty
else
  redis.call('ZREM', KEYS[1], ARGV[1])
  if not id then return 'done' end -- it is empty
  redis.call('ZADD', KEYS[1], 'LT', ARGV[4], ARGV[6])
  if into then
    redis.call('HSET', KEYS[5], 'since', string.format('%d', since))
    redis.call('ZUNIONSTORE', KEYS[6], 2, KEYS[6], KEYS[3], 'AGGREGATE', 'MIN')
    redis.call('DEL', KEYS[2], KEYS[3])
    redis.call('HSET', KEYS[4], 'digest', into)
  else
    redis.call('RENAME', KEYS[2], KEYS[5])
    if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('RENAME', KEYS[3], KEYS[6]) end
    redis.call('HSET', KEYS[5], 'reason', 'digest', 'watch', '', 'title', '', 'allowance', '', 'most', 0)
  end
end
redis.call('HSET', KEYS[4], 'state', 'gathered', 'answer', '',
  'due', redis.call('ZSCORE', KEYS[1], ARGV[6]))
redis.call('EXPIRE', KEYS[4], ARGV[5])
return 'done'
