-- Move up to K pages from the queue to leases of one worker, with room between two starts on a host
-- and one request at a time on it, whoever asks. A page whose turn has not come waits in `later`, so
-- that it holds up nobody; one whose turn would come too late, or that has waited too long, is handed
-- out as such.
-- KEYS  1 rq queue  2 leases  3 holders  4 took  5 later  6 deadlines
-- ARGV  1 worker  2 request token  3 K  4 lease (s)  5 prefix of job hashes  6 prefix of lanes
--       7 'turns', or 'late' for only those that have waited too long
--       8 patience (s) with a page that has no deadline, as one that a person put back
-- Returns {seconds until the next may be taken or '', then for each: id, data, 'go' | 'crowded' |
-- 'late', seconds left, failures, tries, hops, url or '', room (s)}. A resent request answers the
-- same jobs.
local BUSY = 0.1 -- until a host that is being asked is looked at again (s)
local AT_A_TIME = 200
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local out, taken = { '' }, {}

local function row(id, word)
  local job = redis.call('HMGET', ARGV[5] .. id, 'data', 'failures', 'tries', 'hops', 'url', 'room')
  if not job[1] then return end
  local left = (redis.call('ZSCORE', KEYS[6], id) or now) - now
  local values = { id, job[1], word, string.format('%.3f', left), job[2] or '0', job[3] or '0',
    job[4] or '0', job[5] or '', job[6] or '0' }
  for _, value in ipairs(values) do out[#out + 1] = value end
end

local function lease(id, word)
  redis.call('ZADD', KEYS[2], now + ARGV[4], id)
  redis.call('HSET', KEYS[3], id, ARGV[1])
  redis.call('HSET', ARGV[5] .. id, 'status', 'started')
  taken[#taken + 1] = { id, word }
  row(id, word)
end

-- Whether it is this page's turn: 'go', 'crowded', or the time at which to look again.
local function turn(id)
  local job = redis.call('HMGET', ARGV[5] .. id, 'host', 'room', 'slot')
  local host, room, promised = job[1] or '', tonumber(job[2] or 0), tonumber(job[3] or '')
  local lane = ARGV[6] .. host
  local state = redis.call('HMGET', lane, 'opens', 'slot', 'busy')
  local opens, last = tonumber(state[1] or 0), tonumber(state[2] or 0)
  local busy = state[3] and redis.call('HEXISTS', KEYS[3], state[3]) == 1
  local word = 'go'
  if not busy and opens <= now and (promised or last <= now) then
    opens = now + room
    redis.call('HSET', lane, 'opens', opens, 'busy', id)
  else
    local at = math.max(opens, busy and now + BUSY or 0, promised and 0 or last + room)
    local until_ = redis.call('ZSCORE', KEYS[6], id)
    if at > tonumber(until_) then return 'crowded' end
    last = math.max(last, at)
    redis.call('HSET', lane, 'slot', last)
    redis.call('HSET', ARGV[5] .. id, 'slot', at, 'status', 'scheduled')
    word = at
  end
  redis.call('EXPIRE', lane, math.ceil(math.max(opens - now, 0)) + 1200)
  return word
end

local before = redis.call('HGET', KEYS[4], ARGV[1])
if before then
  local request = cjson.decode(before)
  if request.token == ARGV[2] then
    for _, each in ipairs(request.jobs) do
      if redis.call('HGET', KEYS[3], each[1]) == ARGV[1] then row(each[1], each[2]) end
    end
    return out
  end
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now, 'LIMIT', 0, AT_A_TIME)) do
  if #taken >= tonumber(ARGV[3]) then break end
  local status = redis.call('HGET', ARGV[5] .. id, 'status')
  if not status or status == 'failed' then
    redis.call('ZREM', KEYS[6], id)
  elseif redis.call('HEXISTS', KEYS[3], id) == 0 then
    redis.call('LREM', KEYS[1], 0, id)
    redis.call('ZREM', KEYS[5], id)
    lease(id, 'late')
  end
end
if ARGV[7] == 'turns' then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now, 'LIMIT', 0, AT_A_TIME)) do
    redis.call('ZREM', KEYS[5], id)
    redis.call('RPUSH', KEYS[1], id)
  end
  for _ = 1, AT_A_TIME do
    if #taken >= tonumber(ARGV[3]) then break end
    local id = redis.call('LPOP', KEYS[1])
    if not id then break end
    if redis.call('EXISTS', ARGV[5] .. id) == 0 then
      redis.call('ZREM', KEYS[6], id) -- a job without a hash is a ghost
    elseif redis.call('HEXISTS', KEYS[3], id) == 0 then -- one that is held is not taken twice
      redis.call('ZADD', KEYS[6], 'NX', now + ARGV[8], id)
      local word = turn(id)
      if type(word) == 'number' then
        redis.call('ZADD', KEYS[5], word, id)
      else
        lease(id, word)
      end
    end
  end
  local next_ = redis.call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')
  if next_[2] then out[1] = string.format('%.3f', math.max(0, next_[2] - now)) end
end
if #taken > 0 then
  redis.call('HSET', KEYS[4], ARGV[1], cjson.encode({ token = ARGV[2], jobs = taken }))
end
return out
