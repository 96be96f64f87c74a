-- Which sources there are: feeds of the configuration, and seed files that lie in a folder. What is
-- known of those that have not been there for long is forgotten.
-- KEYS  1 known  2 paused sources  3 asked
-- ARGV  1 now (ms)  2 forget what was last there before this (ms)  3 how many at the most
--       4 prefix of sources  5 of what they have shown  6 of subscriptions  7.. sources that there are
-- Returns the sources forgotten; a resend finds them forgotten, and says nothing else again.
for i = 7, #ARGV do redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[i]) end
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
for _, source in ipairs(gone) do
  redis.call('DEL', ARGV[4] .. source, ARGV[5] .. source, ARGV[6] .. source)
  redis.call('HDEL', KEYS[2], source)
  redis.call('ZREM', KEYS[3], source)
  redis.call('ZREM', KEYS[1], source)
end
return gone
