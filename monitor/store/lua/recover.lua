-- The second net: a job on the ledger for long that is in no queue, no lease and not waiting goes
-- back to its queue. Heals what a lost tail of the log could leave behind.
-- KEYS  1 ledger  2 rq queue  3 holders  4 later  5 rq failed registry
-- ARGV  1 admitted before (ms)  2 now (ms)  3 prefix of job hashes
-- Returns the ids put back. Jobs without a hash leave the ledger.
local back = {}
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 100)
for _, id in ipairs(old) do
  if redis.call('EXISTS', ARGV[3] .. id) == 0 then
    redis.call('ZREM', KEYS[1], id)
  elseif redis.call('ZSCORE', KEYS[5], id) then
    redis.call('ZREM', KEYS[1], id)
  else
    redis.call('ZADD', KEYS[1], ARGV[2], id)
    if redis.call('HEXISTS', KEYS[3], id) == 0 and not redis.call('ZSCORE', KEYS[4], id)
      and not redis.call('LPOS', KEYS[2], id) then
      redis.call('RPUSH', KEYS[2], id)
      back[#back + 1] = id
    end
  end
end
return back
