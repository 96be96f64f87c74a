-- A gathering whose time has come becomes a digest, and a delivery of it.
-- KEYS  1 gathered  2 gathering  3 its alerts  4 digest  5 its alerts  6 delivery  7 job hash
--       8 delivery rq queue  9 rq queues  10 counts  11 digested
--       12 when channels were told apart from digests  13.. allowances of its watch
-- ARGV  1 name  2 due (ms)  3 now (ms)  4 stamp  5 life (s)  6 job data  7 delivery id  8 digest id
--       9 channel  10 reason  11 watch  12 since (ms), '' for that of its first alert
--       13 gaps as JSON  14 '1' if an empty one is to be told  15 paused watches as JSON
--       16.. of each allowance how many, and in what time (ms)
-- Returns 'told', 'nothing' where it was empty, 'waits' where an allowance is used up still: then it
-- is due when that is free again; 'void' where it is not (any more) due at that time, as after a
-- resend, or its delivery is made already. What is not ours is found before anything changes. Only names move: a gathering of any size is released in the same time.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 'void' end
local id = redis.call('HGET', KEYS[2], 'id')
if id and id ~= ARGV[8] then return 'void' end -- it was opened since it was looked at
local count = redis.call('ZCARD', KEYS[3])
local state = redis.call('HGET', KEYS[6], 'state')
if state and state ~= 'gathered' then
  if count == 0 then redis.call('ZREM', KEYS[1], ARGV[1]) end
  return 'void'
end
if count == 0 and ARGV[14] ~= '1' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2])
  return 'nothing'
end
redis.call('ZCARD', KEYS[5])
redis.call('HGET', KEYS[4], 'since')
local first = ARGV[12] ~= '' and not redis.call('HGET', KEYS[11], ARGV[9])
local apart = tonumber(redis.call('HGET', KEYS[12], ARGV[9]) or '')
redis.call('HGET', KEYS[7], 'data')
if id and not tonumber(redis.call('HGET', KEYS[2], 'since')) then return 'void' end
local allowances = {}
for i = 13, #KEYS do
  allowances[KEYS[i]] = { most = tonumber(ARGV[2 * i - 10]), span = tonumber(ARGV[2 * i - 9]) }
end
local own = redis.call('HMGET', KEYS[2], 'allowance', 'span')
if own[1] and own[1] ~= '' and not allowances[own[1]] then -- what it waited for is configured no more
  allowances[own[1]] = { most = math.huge, span = tonumber(own[2]) or 0 }
end
local free = 0
for key, allowed in pairs(allowances) do
  local told = redis.call('ZRANGE', key, '(' .. ARGV[3] - allowed.span, ARGV[3], 'BYSCORE', 'WITHSCORES')
  local number = #told / 2
  if number >= allowed.most then
    free = math.max(free, tonumber(told[2 * (number - allowed.most) + 2]) + allowed.span)
  end
end
if free > 0 then
  redis.call('ZADD', KEYS[1], string.format('%d', free), ARGV[1])
  redis.call('HSET', KEYS[6], 'state', 'gathered', 'answer', '', 'due', string.format('%d', free))
  redis.call('EXPIRE', KEYS[6], ARGV[5])
  return 'waits'
end
redis.call('ZREM', KEYS[1], ARGV[1])
local about = redis.call('HGETALL', KEYS[2])
for i = 1, #about, 2 do -- in quiet hours no allowance held its watches back, but each has told now
  local key = about[i]:match('^counts (.*)$')
  if key then
    redis.call('HDEL', KEYS[2], about[i])
    local span = tonumber(about[i + 1])
    if ARGV[10] == 'quiet' and count > 0 and span and type(redis.pcall('ZCARD', key)) == 'number' then
      allowances[key] = { most = math.huge, span = span }
    end
  end
end
if count > 0 then
  redis.call('RENAME', KEYS[2], KEYS[4])
  redis.call('RENAME', KEYS[3], KEYS[5])
  redis.call('EXPIRE', KEYS[5], ARGV[5])
else
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[4], 'channel', ARGV[9], 'reason', ARGV[10], 'watch', ARGV[11], 'title', '',
    'since', ARGV[2])
end
if ARGV[12] ~= '' and tonumber(ARGV[12]) < tonumber(redis.call('HGET', KEYS[4], 'since')) then
  redis.call('HSET', KEYS[4], 'since', ARGV[12])
end
redis.call('HSET', KEYS[4], 'until', ARGV[2], 'count', count, 'gaps', ARGV[13], 'paused', ARGV[15])
redis.call('EXPIRE', KEYS[4], ARGV[5])
if ARGV[10] == 'digest' then
  redis.call('HSET', KEYS[11], ARGV[9], ARGV[2]) -- the next begins here
  if first then redis.call('HSET', KEYS[4], 'first', '1') end
  if apart and apart >= tonumber(redis.call('HGET', KEYS[4], 'since')) then
    redis.call('HSET', KEYS[4], 'apart', '1')
  end
else
  redis.call('HSET', KEYS[12], ARGV[9], ARGV[3])
end
local TOLD = 100
for key, allowed in pairs(allowances) do -- the summary is one of those that the watch may tell
  redis.call('ZADD', key, ARGV[3], ARGV[7])
  if allowed.most < math.huge then
    redis.call('ZREMRANGEBYRANK', key, 0, -math.max(allowed.most, TOLD) - 1)
  end
  redis.call('EXPIRE', key, ARGV[5]) -- as commit.lua does
end
redis.call('HSET', KEYS[6], 'alert', ARGV[8], 'channel', ARGV[9], 'state', 'pending', 'attempts', 0,
  'answer', '', 'kind', 'digest', 'released', ARGV[3])
redis.call('EXPIRE', KEYS[6], ARGV[5])
redis.call('HSET', KEYS[7], 'data', ARGV[6], 'origin', 'deliveries', 'description', ARGV[9],
  'status', 'queued', 'timeout', 180, 'created_at', ARGV[4], 'enqueued_at', ARGV[4])
redis.call('RPUSH', KEYS[8], ARGV[7])
redis.call('SADD', KEYS[9], KEYS[8])
redis.pcall('HINCRBY', KEYS[10], 'digests', 1)
return 'told'
