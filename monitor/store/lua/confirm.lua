-- A hub confirms a subscription that we asked for, or denies it.
-- KEYS  1 subscription
-- ARGV  1 topic  2 state: active, denied  3 until (ms)  4 asked since (ms)
-- Returns 'done' (also to a resend); 'unasked' when this topic was not asked for since then.
local known = redis.call('HMGET', KEYS[1], 'topic', 'asked')
if known[1] ~= ARGV[1] or tonumber(known[2]) < tonumber(ARGV[4]) then return 'unasked' end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'until', ARGV[3], 'tries', 0)
return 'done'
