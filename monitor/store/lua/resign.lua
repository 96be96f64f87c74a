-- Lead no more: the next poller that asks need not wait for the lease to run out.
-- KEYS  1 leader
-- ARGV  1 who leads no more
-- The term stays, so that the next one is greater. Returns 'done'; 'again' where it did not lead.
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 'again' end
redis.call('HDEL', KEYS[1], 'holder', 'until', 'since', 'shown', 'config')
return 'done'
