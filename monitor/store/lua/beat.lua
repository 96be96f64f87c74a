-- A service says that it lives, or that it ends. With the first beat of a minute the counts are
-- copied: what was done in the last hour, and how fast, can be told from these.
-- KEYS  1 beats  2 counts  3 samples  4 attended  5 absences
-- ARGV  1 instance  2 JSON of what it says of itself, '' when it ends  3 life of a beat (s)
--       4 minutes that samples are kept  5 kind of service  6 an absence is longer than (s)
--       7 absences are kept for (s), 8 and so many of them
-- Returns 'done'. The time of a beat is the server's; said again, it is only newer. Beats of
-- services that ended without a word are forgotten when their life is over.
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  return 'done'
end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local before = tonumber(redis.call('HGET', KEYS[4], ARGV[5]) or now) or now
if now - before > tonumber(ARGV[6]) then -- nobody of its kind was here: remembered once, by when it began
  redis.call('ZADD', KEYS[5], string.format('%d', now * 1000), string.format('%s %d', ARGV[5], before * 1000))
  redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', string.format('%d', (now - ARGV[7]) * 1000))
  redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -ARGV[8] - 1)
  redis.call('EXPIRE', KEYS[5], ARGV[7])
end
redis.call('HSET', KEYS[4], ARGV[5], string.format('%.3f', now))
local beat = cjson.decode(ARGV[2])
beat.at = now
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(beat))
local beats = redis.call('HGETALL', KEYS[1])
for i = 1, #beats, 2 do
  local read, other = pcall(cjson.decode, beats[i + 1])
  local at = read and type(other) == 'table' and tonumber(other.at) or 0 -- what nobody can read is over
  if at < now - ARGV[3] then redis.call('HDEL', KEYS[1], beats[i]) end
end
local minute = math.floor(now / 60)
if redis.call('HEXISTS', KEYS[3], minute) == 0 then
  local counts, sample = redis.call('HGETALL', KEYS[2]), { at = now, counts = {} }
  for i = 1, #counts, 2 do sample.counts[counts[i]] = tonumber(counts[i + 1]) end
  if #counts > 0 then redis.call('HSET', KEYS[3], minute, cjson.encode(sample)) end
  for _, old in ipairs(redis.call('HKEYS', KEYS[3])) do
    if (tonumber(old) or 0) < minute - ARGV[4] then redis.call('HDEL', KEYS[3], old) end
  end
end
return 'done'
