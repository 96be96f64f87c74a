-- Admit what one source had: its bundles, pages, seen-keys, state and alerts about itself, in one
-- step.
-- KEYS  1 source  2 seen  3 rq queue  4 rq queues  5 ledger  6 counts  7 asked  8 alerts
--       9 rq queue of deliveries  10 rq queue of pages  11 ledger of pages  12 deadlines  13 leader
--       14 known sources  15.. as the plan numbers them
-- ARGV  1 request token  2 version of the source state this was decided on  3 now (ms)
--       4 JSON {state: {field: value}, seen: [member], seen_after: ms, origin, description, stamp,
--               jobs: [{id, key, blob}], articles: n, source: id, began: ms (requests to poll this
--               source that came before are answered), gaps: n,
--               term: of the poller that puts, 0 for one that nobody elects,
--               patience: s a page may keep its article, pages: [{id, key, blob, host, room (s)}],
--               alerts: [{id, key, blob, life (s),
--                         deliveries: [{id, key, job, job_key, blob, alert, channel}]}]}
--       5.. blobs the plan numbers
-- Returns 'done'; 'again' when this very request was carried out before; 'conflict' when someone
-- else changed the source since, 'deposed' when another poller leads now: nothing was done.
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then return 'again' end
local plan = cjson.decode(ARGV[4])
if plan.term > 0 and tonumber(redis.call('HGET', KEYS[13], 'term') or '0') ~= plan.term then
  return 'deposed'
end
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[2] then return 'conflict' end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HSET', KEYS[1], 'token', ARGV[1])
redis.call('ZADD', KEYS[14], 'GT', ARGV[3], plan.source)
for field, value in pairs(plan.state) do redis.call('HSET', KEYS[1], field, value) end
for _, member in ipairs(plan.seen) do redis.call('ZADD', KEYS[2], ARGV[3], member) end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. plan.seen_after)
for _, job in ipairs(plan.jobs) do
  redis.call('HSET', KEYS[job.key], 'data', ARGV[4 + job.blob], 'origin', plan.origin,
    'description', plan.description, 'status', 'queued', 'timeout', 180,
    'created_at', plan.stamp, 'enqueued_at', plan.stamp)
  redis.call('RPUSH', KEYS[3], job.id)
  redis.call('ZADD', KEYS[5], ARGV[3], job.id)
end
for _, alert in ipairs(plan.alerts) do
  if redis.call('EXISTS', KEYS[alert.key]) == 0 then
    redis.call('HSET', KEYS[alert.key], 'alert', ARGV[4 + alert.blob])
    redis.call('EXPIRE', KEYS[alert.key], alert.life)
    redis.call('ZADD', KEYS[8], ARGV[3], alert.id)
    redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', ARGV[3] - alert.life * 1000)
    redis.call('HINCRBY', KEYS[6], 'alerts.raised', 1)
    for _, delivery in ipairs(alert.deliveries) do
      redis.call('HSET', KEYS[delivery.key], 'alert', delivery.alert, 'channel', delivery.channel,
        'state', 'pending', 'attempts', 0, 'answer', '')
      redis.call('EXPIRE', KEYS[delivery.key], alert.life)
      redis.call('HSET', KEYS[delivery.job_key], 'data', ARGV[4 + delivery.blob],
        'origin', 'deliveries', 'description', delivery.channel, 'status', 'queued',
        'timeout', 180, 'created_at', plan.stamp, 'enqueued_at', plan.stamp)
      redis.call('RPUSH', KEYS[9], delivery.job)
      redis.call('SADD', KEYS[4], KEYS[9])
    end
  end
end
if #plan.jobs > 0 then redis.call('SADD', KEYS[4], KEYS[3]) end
for _, page in ipairs(plan.pages) do
  redis.call('HSET', KEYS[page.key], 'data', ARGV[4 + page.blob], 'origin', 'pages',
    'description', 'a page of ' .. page.host, 'status', 'queued', 'timeout', 180,
    'created_at', plan.stamp, 'enqueued_at', plan.stamp, 'host', page.host, 'room', page.room)
  redis.call('RPUSH', KEYS[10], page.id)
  redis.call('ZADD', KEYS[11], ARGV[3], page.id)
  redis.call('ZADD', KEYS[12], redis.call('TIME')[1] + plan.patience, page.id)
end
if #plan.pages > 0 then redis.call('SADD', KEYS[4], KEYS[10]) end
if plan.articles > 0 then redis.call('HINCRBY', KEYS[6], 'articles.admitted', plan.articles) end
if plan.gaps > 0 then redis.call('HINCRBY', KEYS[6], 'feeds.gaps', plan.gaps) end
local asked = redis.call('ZSCORE', KEYS[7], plan.source)
if asked and tonumber(asked) <= plan.began then redis.call('ZREM', KEYS[7], plan.source) end
return 'done'
