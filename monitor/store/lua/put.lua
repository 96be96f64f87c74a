-- Admit what one source had: its bundles, seen-keys and state, in one step.
-- KEYS  1 source  2 seen  3 rq queue  4 rq queues  5 ledger  6 counts  7 asked
--       8 rq queue of pages  9 ledger of pages  10 deadlines
--       11.. job hashes, one a bundle, then one a page
-- ARGV  1 request token  2 version of the source state this was decided on  3 now (ms)
--       4 JSON {state: {field: value}, seen: [member], seen_after: ms, origin, description, stamp,
--               jobs: [id], articles: n, source: id, began: ms (requests to poll this source that
--               came before are answered), gaps: n, patience: s a page may keep its article,
--               pages: [{id, host, room (s)}]}      5.. data of each bundle, then of each page
-- Returns 'done'; 'again' when this very request was carried out before; 'conflict' when someone
-- else changed the source since, and nothing was done.
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then return 'again' end
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[2] then return 'conflict' end
local plan = cjson.decode(ARGV[4])
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HSET', KEYS[1], 'token', ARGV[1])
for field, value in pairs(plan.state) do redis.call('HSET', KEYS[1], field, value) end
for _, member in ipairs(plan.seen) do redis.call('ZADD', KEYS[2], ARGV[3], member) end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. plan.seen_after)
for i, id in ipairs(plan.jobs) do
  redis.call('HSET', KEYS[10 + i], 'data', ARGV[4 + i], 'origin', plan.origin,
    'description', plan.description, 'status', 'queued', 'timeout', 180,
    'created_at', plan.stamp, 'enqueued_at', plan.stamp)
  redis.call('RPUSH', KEYS[3], id)
  redis.call('ZADD', KEYS[5], ARGV[3], id)
end
if #plan.jobs > 0 then redis.call('SADD', KEYS[4], KEYS[3]) end
for i, page in ipairs(plan.pages) do
  redis.call('HSET', KEYS[10 + #plan.jobs + i], 'data', ARGV[4 + #plan.jobs + i], 'origin', 'pages',
    'description', 'a page of ' .. page.host, 'status', 'queued', 'timeout', 180,
    'created_at', plan.stamp, 'enqueued_at', plan.stamp, 'host', page.host, 'room', page.room)
  redis.call('RPUSH', KEYS[8], page.id)
  redis.call('ZADD', KEYS[9], ARGV[3], page.id)
  redis.call('ZADD', KEYS[10], redis.call('TIME')[1] + plan.patience, page.id)
end
if #plan.pages > 0 then redis.call('SADD', KEYS[4], KEYS[8]) end
if plan.articles > 0 then redis.call('HINCRBY', KEYS[6], 'articles.admitted', plan.articles) end
if plan.gaps > 0 then redis.call('HINCRBY', KEYS[6], 'feeds.gaps', plan.gaps) end
local asked = redis.call('ZSCORE', KEYS[7], plan.source)
if asked and tonumber(asked) <= plan.began then redis.call('ZREM', KEYS[7], plan.source) end
return 'done'
