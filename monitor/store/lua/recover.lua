-- The second net: a job on the ledger for long that is in no queue, no lease and not waiting goes
-- back to its queue. Heals what a lost tail of the log could leave behind.
-- KEYS  1 ledger  2 rq queue  3 holders  4 later  5 rq failed registry  6 looked
-- ARGV  1 admitted before (ms)  2 prefix of job hashes  3 how many to look at
-- Looks at so many, from the place on the ledger where the last look ended; after the last one it
-- begins anew. What it finds where it should be stays as it was admitted: by that its age is told. A
-- repeat looks at the next ones, and puts nothing back twice. Returns the ids put back. Jobs
-- without a hash leave the ledger.
local from = tonumber(redis.call('GET', KEYS[6]) or '0') or 0
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', from, ARGV[3])
local back, kept = {}, 0
for _, id in ipairs(old) do
  if redis.call('EXISTS', ARGV[2] .. id) == 0 or redis.call('ZSCORE', KEYS[5], id) then
    redis.call('ZREM', KEYS[1], id)
  else
    kept = kept + 1
    if redis.call('HEXISTS', KEYS[3], id) == 0 and not redis.call('ZSCORE', KEYS[4], id)
      and not redis.call('LPOS', KEYS[2], id) then
      redis.call('RPUSH', KEYS[2], id)
      back[#back + 1] = id
    end
  end
end
if #old == tonumber(ARGV[3]) then
  redis.call('SET', KEYS[6], from + kept)
else
  redis.call('DEL', KEYS[6])
end
return back
