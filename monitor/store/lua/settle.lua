-- What became of one attempt: sent, again later, or parked for a person.
-- KEYS  1 delivery  2 job hash  3 leases  4 holders  5 later  6 counts  7 dead  8 rq failed registry
--       9 disabled  10 measures  11 attempts  12 rq queue
--       13-15 what else it needs when it is tried again: alert or digest
--       16 when channels were told apart from digests
-- ARGV  1 worker  2 job id  3 'sent' | 'later' | 'parked'  4 answer  5 after (s)  6 now (ms)
--       7 delivery id  8 channel  9 fingerprint to disable the channel with, or ''
--       10 JSON {field of measures: how much it grows}: of every attempt  11 the same, of one by
--       which the alert was first received  12 when it is tried again (ms), or ''
--       13 token of the attempt  14 life of the record (s), anew with each wait: it must outlast it
-- Returns 'done'; 'again' when it was settled so before, as after a resend; 'void' when it is not the
-- last attempt that has begun. What holds is the attempt, not the lease, which runs out while Redis
-- is away: a receipt counts as long as nobody has begun anew. Only where nothing was begun, as the
-- alert had been sent before or has run out, the lease decides.
local holder = redis.call('HGET', KEYS[4], ARGV[2])
local found = redis.call('HMGET', KEYS[1], 'state', 'token', 'kind')
if found[2] == ARGV[13] then
  if found[1] ~= 'sending' then return 'again' end
elseif holder ~= ARGV[1] or (found[1] and found[1] ~= 'sent') then
  return 'void'
end
if holder ~= ARGV[1] then -- it waits to be tried again, or another has it and has not begun
  redis.call('LREM', KEYS[12], 0, ARGV[2])
  redis.call('ZREM', KEYS[5], ARGV[2])
end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('HDEL', KEYS[4], ARGV[2])
local function grow(by) -- a number that somebody has spoilt holds up no alert
  for field, much in pairs(cjson.decode(by)) do redis.pcall('HINCRBYFLOAT', KEYS[10], field, much) end
end
grow(ARGV[10])
local number = redis.pcall('HGET', KEYS[11], 'begun')
local noted = type(number) == 'string' and redis.call('HGET', KEYS[11], number)
local read, attempt = pcall(cjson.decode, noted or '')
-- one that has an end is of before: none was made, as it had been sent
if read and type(attempt) == 'table' and not attempt.ending then
  attempt.ended, attempt.ending, attempt.answer, attempt.again = ARGV[6], ARGV[3], ARGV[4], ARGV[12]
  redis.call('HSET', KEYS[11], number, cjson.encode(attempt))
end
if found[1] and found[3] ~= 'digest' then redis.pcall('HSET', KEYS[16], ARGV[8], ARGV[6]) end
if ARGV[3] == 'later' then
  if redis.call('EXISTS', KEYS[1]) == 1 then -- else it has run out, and would come back for ever
    redis.call('HSET', KEYS[1], 'state', 'pending', 'answer', ARGV[4])
    for _, at in ipairs({ 1, 11, 13, 14, 15 }) do redis.call('EXPIRE', KEYS[at], ARGV[14]) end
  end
  redis.call('HSET', KEYS[2], 'status', 'scheduled')
  local waited = (tonumber(redis.call('HGET', KEYS[2], 'waited') or 0) or 0) + ARGV[5]
  redis.call('HSET', KEYS[2], 'waited', waited)
  redis.call('ZADD', KEYS[5], now + ARGV[5], ARGV[2])
  return 'done'
end
if found[1] and found[1] ~= 'sent' then
  redis.call('HSET', KEYS[1], 'state', ARGV[3], 'answer', ARGV[4])
  redis.pcall('HINCRBY', KEYS[6], 'deliveries.' .. ARGV[3], 1)
  if ARGV[3] == 'sent' then grow(ARGV[11]) end
end
if ARGV[3] == 'sent' then
  redis.call('DEL', KEYS[2])
else
  redis.call('HSET', KEYS[2], 'status', 'failed', 'error', ARGV[4])
  redis.call('ZADD', KEYS[8], now + 31536000, ARGV[2])
  redis.call('HSET', KEYS[7], ARGV[7],
    cjson.encode({ kind = 'delivery', id = ARGV[7], reason = ARGV[4], at = ARGV[6] }))
  if ARGV[9] ~= '' then redis.call('HSET', KEYS[9], ARGV[8], ARGV[9]) end
end
return 'done'
