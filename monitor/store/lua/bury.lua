-- Set a job aside whose data cannot be used: it is not what we write, names a function not ours, or is
-- about something that cannot be read.
-- KEYS  1 leases  2 holders  3 ledger  4 dead  5 rq failed registry  6 job hash
--       of a delivery also  7 delivery  8 counts  9 attempts
-- ARGV  1 worker  2 job id  3 reason  4 now (ms)
-- Returns 'done', or 'void' when the job is not this worker's (any more), as after a resend. A delivery
-- is parked and counted, whatever its record says, unless it had been sent; of one that has no record
-- of its own the letter is all there is.
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[1] then return 'void' end
local time = redis.call('TIME')
local state = KEYS[7] and redis.pcall('HGET', KEYS[7], 'state')
local is_delivery = type(state) == 'string' and state ~= 'sent'
redis.call('HSET', KEYS[4], ARGV[2], cjson.encode({
  kind = is_delivery and 'delivery' or 'job', id = ARGV[2], reason = ARGV[3], at = ARGV[4] }))
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.pcall('HSET', KEYS[6], 'status', 'failed', 'error', ARGV[3])
redis.call('ZADD', KEYS[5], time[1] + 31536000, ARGV[2])
if is_delivery then
  if state ~= 'parked' then redis.pcall('HINCRBY', KEYS[8], 'deliveries.parked', 1) end
  redis.call('HSET', KEYS[7], 'state', 'parked', 'answer', ARGV[3])
  local number = redis.pcall('HGET', KEYS[9], 'begun')
  local noted = type(number) == 'string' and redis.call('HGET', KEYS[9], number)
  local read, attempt = pcall(cjson.decode, noted or '')
  if read and type(attempt) == 'table' and not attempt.ending then
    attempt.ended, attempt.ending, attempt.answer, attempt.again = ARGV[4], 'parked', ARGV[3], ''
    redis.call('HSET', KEYS[9], number, cjson.encode(attempt))
  end
elseif type(state) == 'table' and redis.pcall('HSETNX', KEYS[6], 'counted', '1') == 1 then
  redis.pcall('HINCRBY', KEYS[8], 'deliveries.parked', 1) -- its record is of another type
end
return 'done'
