-- Return leased jobs to the head of their queue: those of one worker, or all whose lease ran out.
-- KEYS  1 rq queue  2 leases  3 holders  4 took  5 dead  6 rq failed registry  7 ledger  8 counts
-- ARGV  1 worker ('' = whose lease ran out)  2 'crash' or 'stop'  3 prefix of job hashes
--       4 failures a job may have  5 now (ms)  6 name of the count of jobs set aside
--       7 why a job is set aside at once when it ran alone, or '' to count failures
-- After a crash a job is marked `alone`; only a job that already ran alone is charged with the
-- failure, never one that was merely part of a killed process. A job with too many becomes a dead
-- letter. Returned jobs are in no lease, so a repeat finds nothing to do. Returns ids, then those dead.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local mine = {}
if ARGV[1] == '' then
  mine = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 500)
else
  local held = redis.call('HGETALL', KEYS[3])
  for i = 1, #held, 2 do
    if held[i + 1] == ARGV[1] then mine[#mine + 1] = held[i] end
  end
  redis.call('HDEL', KEYS[4], ARGV[1])
end
local back, dead = {}, {}
for _, id in ipairs(mine) do
  local job = ARGV[3] .. id
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[3], id)
  if redis.call('EXISTS', job) == 1 then
    local failures, alone = 0, redis.pcall('HGET', job, 'alone')
    if ARGV[2] == 'crash' and type(alone) ~= 'table' then -- else it is of another type
      if alone == '1' then
        failures = redis.call('HINCRBY', job, 'failures', 1)
        if ARGV[7] ~= '' then failures = tonumber(ARGV[4]) + 1 end
      else
        redis.call('HSET', job, 'alone', '1')
      end
    end
    if failures > tonumber(ARGV[4]) then
      local reason = ARGV[7]
      if reason == '' then
        reason = 'the process died ' .. failures .. ' times while it worked on this alone'
      end
      redis.call('HSET', job, 'status', 'failed', 'error', reason)
      redis.call('ZADD', KEYS[6], now + 31536000, id)
      redis.call('HSET', KEYS[5], id, cjson.encode({ kind = 'article', id = id, reason = reason, at = ARGV[5] }))
      redis.call('ZREM', KEYS[7], id)
      redis.call('HINCRBY', KEYS[8], ARGV[6], 1)
      dead[#dead + 1] = id
    else
      redis.pcall('HSET', job, 'status', 'queued')
      redis.call('LPUSH', KEYS[1], id)
      back[#back + 1] = id
    end
  end
end
return { back, dead }
