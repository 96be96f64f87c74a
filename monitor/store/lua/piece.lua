-- Clauses of a watch that an article satisfies, noted for its story or event: who came first stays.
-- KEYS  1 pieces of the watch for that story or event
-- ARGV  1 life (s)  2.. clause, what satisfies it, …
-- Returns all that is known: clause, what satisfies it, … A resend changes nothing.
for at = 2, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[at], ARGV[at + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return redis.call('HGETALL', KEYS[1])
