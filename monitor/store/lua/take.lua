-- Move up to K jobs from the queue to leases of one worker. Jobs that are due again join first.
-- KEYS  1 rq queue  2 leases  3 holders  4 took  5 later
-- ARGV  1 worker  2 request token  3 K  4 lease (s)  5 prefix of job hashes
-- Returns a flat list id, data, alone ('1' or ''), failures for each job.
-- A resent request answers the same jobs. A job marked `alone` is only ever taken alone.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local function row(out, id)
  local job = redis.pcall('HMGET', ARGV[5] .. id, 'data', 'alone', 'failures')
  if job.err then job = { '' } end -- of another type: it is set aside by whoever is given it
  if not job[1] then return false end
  out[#out + 1] = id
  out[#out + 1] = job[1]
  out[#out + 1] = job[2] or ''
  out[#out + 1] = job[3] or '0'
  return true
end
local out, ids = {}, {}
local last = redis.call('HGET', KEYS[4], ARGV[1])
if last then
  local request = cjson.decode(last)
  if request.token == ARGV[2] then
    for _, id in ipairs(request.jobs) do
      if redis.call('HGET', KEYS[3], id) == ARGV[1] then row(out, id) end
    end
    return out
  end
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now, 'LIMIT', 0, 200)) do
  redis.call('ZREM', KEYS[5], id)
  redis.call('RPUSH', KEYS[1], id)
end
while #ids < tonumber(ARGV[3]) do
  local id = redis.call('LINDEX', KEYS[1], 0)
  if not id then break end
  local alone = redis.pcall('HGET', ARGV[5] .. id, 'alone') == '1'
  if alone and #ids > 0 then break end
  redis.call('LPOP', KEYS[1])
  -- A held job that stands in the queue once more is not taken twice; a job without a hash is a ghost.
  if not redis.call('HGET', KEYS[3], id) and row(out, id) then
    ids[#ids + 1] = id
    redis.call('ZADD', KEYS[2], now + ARGV[4], id)
    redis.call('HSET', KEYS[3], id, ARGV[1])
    redis.pcall('HSET', ARGV[5] .. id, 'status', 'started')
  end
  if alone then break end
end
if #ids > 0 then
  redis.call('HSET', KEYS[4], ARGV[1], cjson.encode({ token = ARGV[2], jobs = ids }))
end
return out
