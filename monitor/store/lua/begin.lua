-- A delivery is about to be sent: pending -> sending, one attempt more. A parked one that a person
-- put back on the queue begins anew.
-- KEYS  1 delivery  2 holders  3 alert  4 disabled  5 counts  6 dead  7 digest of that id
--       8 attempts  9 job hash
-- ARGV  1 worker  2 job id  3 attempt token  4 delivery id  5 now (ms)  6 life of attempts (s)
--       7 attempts that are kept
-- Returns {state before, attempts, alert JSON or fields of the digest, channel, disabled or '', page
-- of the digest that a channel which keeps all of it has not got, what the channel has not been told
-- of an alert that is told again, how long it was let wait (s)}; {'void'} when the job is not this
-- worker's; {'gone'} when delivery or alert is no longer kept; {'broken', key, field, value} where its
-- record is not what we write, which is found before anything changes. A resend (same token) counts no
-- second attempt and answers the same.
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[1] then return { 'void' } end
local now = redis.call('HMGET', KEYS[1], 'state', 'attempts', 'channel', 'token', 'before', 'field', 'kind',
  'page', 'unheard')
local message
if now[7] == 'digest' then
  message = redis.call('HGETALL', KEYS[7])
  if #message == 0 then message = nil end
else
  message = redis.call('HGET', KEYS[3], now[6] or 'alert')
end
if not message or not now[1] then return { 'gone' } end
local before, attempts = now[1], (now[2] or ''):find('^%d+$') and tonumber(now[2])
local waited = redis.call('HGET', KEYS[9], 'waited') or ''
if #waited > 20 or not waited:find('^%d+%.?%d*$') then waited = '0' end -- none, or not ours
local states = { gathered = 1, pending = 1, sending = 1, sent = 1, parked = 1 }
local begun = redis.pcall('HGET', KEYS[8], 'begun')
if not states[before] then return { 'broken', KEYS[1], 'state', before } end
if not attempts and before ~= 'parked' then return { 'broken', KEYS[1], 'attempts', now[2] or '' } end
if now[8] and not now[8]:find('^%d+$') then return { 'broken', KEYS[1], 'page', now[8] } end
if type(begun) == 'table' then return { 'broken', KEYS[8], '', begun.err } end
if begun and not begun:find('^%d+$') then return { 'broken', KEYS[8], 'begun', begun } end
if now[4] == ARGV[3] then
  before = now[5]
elseif before ~= 'sent' then
  if before == 'parked' then -- a person asked for it again
    redis.pcall('HINCRBY', KEYS[5], 'deliveries.parked', -1)
    redis.call('HDEL', KEYS[6], ARGV[4])
    redis.call('HDEL', KEYS[9], 'waited')
    attempts = 0
  end
  attempts = attempts + 1
  redis.call('HSET', KEYS[1], 'state', 'sending', 'attempts', attempts, 'token', ARGV[3], 'before', before)
  local number = redis.call('HINCRBY', KEYS[8], 'begun', 1)
  redis.call('HSET', KEYS[8], number, cjson.encode({ began = ARGV[5], before = before }))
  redis.call('HDEL', KEYS[8], number - ARGV[7])
  redis.call('EXPIRE', KEYS[8], ARGV[6])
end
return { before, attempts, message, now[3], redis.call('HGET', KEYS[4], now[3]) or '', now[8] or '0',
  now[9] or '', waited }
