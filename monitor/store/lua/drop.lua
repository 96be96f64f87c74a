-- A person drops a dead letter for good. What was counted stays counted.
-- KEYS  1 dead  2 rq failed registry  3 job hash
-- ARGV  1 id of the dead letter, which is that of its job
-- Returns 'done', or 'gone' when there is no such letter (any more), as after a resend.
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 'gone' end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[3])
return 'done'
