-- A person asks that a source be polled now. The running poller looks at `asked` every second; the
-- put of a poll that began later takes the source off it, so that a poller that dies, or one that
-- had begun before, does not swallow the request.
-- KEYS  1 source  2 asked
-- ARGV  1 id of the source  2 now (ms)  3 now, as the source's state writes it
--       4 requests before this are forgotten (ms): nobody polls those sources any more
-- Returns 'done'; 'again' when this very request, or a later one, stands already.
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[4])
if redis.call('ZADD', KEYS[2], 'GT', 'CH', ARGV[2], ARGV[1]) == 0 then return 'again' end
local due = redis.call('HGET', KEYS[1], 'next_due')
if due and due > ARGV[3] then redis.call('HSET', KEYS[1], 'next_due', ARGV[3]) end
return 'done'
