-- A hub is about to be asked for a subscription. One that is active stays so while it is renewed.
-- KEYS  1 subscription
-- ARGV  1 when it was asked before, as the asker has read it ('' = never)  2 now (ms)  3 hub
--       4 topic
-- Returns 'done' (also to a resend); 'conflict' when another process has asked meanwhile.
local known = redis.call('HMGET', KEYS[1], 'asked', 'hub', 'topic', 'state')
if known[1] == ARGV[2] and known[2] == ARGV[3] and known[3] == ARGV[4] then return 'done' end
if (known[1] or '') ~= ARGV[1] then return 'conflict' end
local same = known[2] == ARGV[3] and known[3] == ARGV[4]
if not same then redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], 'asked', ARGV[2], 'hub', ARGV[3], 'topic', ARGV[4], 'state',
  same and known[4] == 'active' and 'active' or 'asked')
redis.call('HINCRBY', KEYS[1], 'tries', 1)
return 'done'
