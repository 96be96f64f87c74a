-- Stand for leader of the pollers: become it, stay it, or learn who is.
-- KEYS  1 leader
-- ARGV  1 who asks  2 lease (s)  3 JSON of what is shown of it  4 version of its configuration
-- Whoever holds a lease that has not run out leads; when it has, or nobody does, who asks is the next
-- one and the term grows by one. A term belongs to one poller, and put.lua takes nothing from an
-- earlier one. A lease of more than twice its length is no lease: the clock was set back since.
-- A repeat prolongs the lease. Returns the term, or 0 where another leads; who leads; and for how
-- many ms its lease still runs.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = tonumber(ARGV[2]) * 1000
local row = redis.call('HMGET', KEYS[1], 'holder', 'until', 'term')
local holder, till = row[1] or '', tonumber(row[2] or '0')
if holder ~= ARGV[1] then
  if holder ~= '' and till > now and till <= now + 2 * lease then
    return { 0, holder, till - now }
  end
  redis.call('HINCRBY', KEYS[1], 'term', 1)
  redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'since', now)
end
redis.call('HSET', KEYS[1], 'until', now + lease, 'shown', ARGV[3], 'config', ARGV[4])
return { tonumber(redis.call('HGET', KEYS[1], 'term')), ARGV[1], lease }
