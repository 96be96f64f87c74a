-- The outcome of a take, whole or not at all: articles, alerts, the outbox, retries, jobs removed.
-- KEYS  1 leases  2 holders  3 ledger  4 counts  5 alerts  6 delivery rq queue  7 rq queues
--       8 later  9 dead  10 rq failed registry  11 receipt  12 gathered  13.. as the plan numbers them
-- ARGV  1 worker  2 request token  3 now (ms)  4 plan as MessagePack  5.. blobs the plan numbers
-- plan  stamp, life (s) of articles, spoken_life (s)
--       jobs      [{id, key, kept, blob}]                 whose leases must be ours; removed, their
--                                                         data kept
--       expects   [{key, value}]                          strings that must be unchanged ('' = absent);
--                                                         those that are there live on
--       upon      [{key, latest}]                         alerts that must not have been told again
--                                                         since ('' = never)
--       heard     [{key, story, span (ms)}]               matches of watches that are to find something
--       articles  [{key, text, job, record: [field, value, …], count, trends}]
--                 trends: [{key, volume, source, ref, life (s), names: [key, …], labels: […]}], what
--                 it is about, under its hour; added when it is first judged with that text
--       alerts    [{id, key, field, update, blob, spoken, spoken_value, life,
--                   story (0, or where its watch is to be noted), watch, tally, stories (ids it
--                   speaks for: they count no more), covers (spoken keys of all but its own),
--                   deliveries: [{id, key, job, job_key, blob, alert, channel, urgent,
--                     ways: [{name, about, alerts, reason, due (ms, 0: by the allowance), allowance,
--                             most, span (ms), channel, watch, title}],
--                     places: [{name, about, alerts, reason, timed}]}]}]
--                 ways: where it may have to wait to be told with others; an allowance that is used
--                 up, or whose gathering is open, makes it wait until the allowance is free again
--                 places: of an update, where the alert may wait still; what is urgent waits in none
--                 that is timed
--                 update: whether it is told again (as its field says); of an alert no longer
--                 kept, or acknowledged, there are no updates. `unheard` of its deliveries is what
--                 their channel has not been told before: all of the alert, its new text, or nothing
--       again     [{id, key, blob, after (s), failures, error}]   articles to be tried again, alone
--       aside     [{id, key, blob, reason, count}]                articles set aside
-- Returns {'done', for each alert '1' where it was told or '0'} (also to a resend), {'void'} when a
-- lease is lost, {'conflict'} when something expected has changed: decide again.
local last, did = (redis.call('GET', KEYS[11]) or ''):match('^(%S+) ?(%d*)$')
if last == ARGV[2] then return { 'done', did } end
local plan = cmsgpack.unpack(ARGV[4])
for _, job in ipairs(plan.jobs) do
  if redis.call('HGET', KEYS[2], job.id) ~= ARGV[1] then return { 'void' } end
end
for _, expect in ipairs(plan.expects) do
  if (redis.call('GET', KEYS[expect.key]) or '') ~= expect.value then return { 'conflict' } end
end
for _, alert in ipairs(plan.upon) do
  if (redis.call('HGET', KEYS[alert.key], 'latest') or '') ~= alert.latest then return { 'conflict' } end
end
-- That a watch has spoken for a story is known for as long as the story: its copies prolong both.
for _, expect in ipairs(plan.expects) do
  if expect.value ~= '' then redis.call('EXPIRE', KEYS[expect.key], plan.spoken_life) end
end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local function blob(number) return ARGV[4 + number] end
-- What an article is about, for `trends`: see topics/rising.py. MOST keys an hour: of more, some of
-- those drawn by lot go that are told least. Sources beyond KEPT are counted without their names.
local MOST, KEPT, NEWEST = 4000, 16, 3
local function told(before, what, label)
  local known = before and cmsgpack.unpack(before) or { 0, {}, {}, label }
  known[1] = known[1] + 1
  local sources, refs = known[2], { what.ref }
  local at = 1
  while sources[at] and sources[at] ~= what.source do at = at + 2 end
  if sources[at] then
    sources[at + 1] = sources[at + 1] + 1
  elseif at < 2 * KEPT then
    sources[at] = what.source
    sources[at + 1] = 1
  end
  for i = 1, math.min(#known[3], NEWEST - 1) do refs[i + 1] = known[3][i] end
  known[3] = refs
  return cmsgpack.pack(known)
end
local function thin(hash, number)
  local drawn, least = redis.call('HRANDFIELD', hash, 4 * number, 'WITHVALUES'), {}
  for i = 1, #drawn, 2 do
    least[#least + 1] = { name = drawn[i], stories = cmsgpack.unpack(drawn[i + 1])[1] }
  end
  table.sort(least, function(a, b)
    if a.stories ~= b.stories then return a.stories < b.stories end
    return a.name < b.name
  end)
  for i = 1, math.min(number, #least) do redis.call('HDEL', hash, least[i].name) end
end
local function tell(what)
  local hash, after = KEYS[what.key], {}
  redis.call('HINCRBY', KEYS[what.volume], what.source, 1)
  redis.call('EXPIRE', KEYS[what.volume], what.life)
  if #what.names == 0 then return end
  local before = redis.call('HMGET', hash, unpack(what.names))
  for i, name in ipairs(what.names) do
    after[2 * i - 1] = name
    after[2 * i] = told(before[i], what, what.labels[i])
  end
  redis.call('HSET', hash, unpack(after))
  redis.call('EXPIRE', hash, what.life)
  if redis.call('HLEN', hash) > MOST then thin(hash, #what.names) end
end

-- When the watch may tell the channel again (ms); nil if it may now.
local function free(way)
  local told = redis.call('ZRANGE', KEYS[way.allowance], '(' .. ARGV[3] - way.span, ARGV[3], 'BYSCORE', 'WITHSCORES')
  local number = #told / 2
  if number < way.most then return nil end
  return tonumber(told[2 * (number - way.most) + 2]) + way.span
end
-- Where this delivery waits, and until when (ms); nil if it is to be made now. What is gathered for an
-- allowance of its watch it joins, so that the order stays: that is looked at again when it is due.
-- Else the longest counts, the first of those that are over at once.
local function wait_of(delivery)
  local longest, latest
  for _, way in ipairs(delivery.ways) do
    local open = way.due == 0 and redis.call('ZSCORE', KEYS[12], way.name)
    if open then return way, tonumber(open) end
    local due = way.due > 0 and way.due or free(way)
    if due and (not latest or due > latest) then longest, latest = way, due end
  end
  return longest, latest
end
-- Where the alert that this updates waits still for the channel: the place, the member, its score.
local function waiting(alert, delivery)
  for _, place in ipairs(delivery.places) do
    for _, field in ipairs(redis.call('HKEYS', KEYS[alert.key])) do
      local score = redis.call('ZSCORE', KEYS[place.alerts], alert.id .. ' ' .. field)
      if score then return place, field, score end
    end
  end
end
-- What the channel has not been told of an alert that is told again, where it comes in the place of
-- what waited, or for its own sake: it stands in the alert's record as long as that waits.
local function unheard_of(alert, delivery, over)
  if not alert.update then return 'all' end
  local owed = over and (redis.call('HGET', KEYS[alert.key], 'untold ' .. delivery.channel)
    or (over == 'alert' and 'all') or (over:find('^update:r') and 'revision'))
  return owed or (alert.field:find('^update:r') and 'revision') or ''
end
local function note(place, alert, delivery, score)
  if delivery.urgent then redis.call('HSET', KEYS[place.about], 'urgent', '1') end
  redis.call('ZADD', KEYS[place.alerts], score, alert.id .. ' ' .. alert.field)
  redis.call('HSET', KEYS[delivery.key], 'alert', delivery.alert, 'channel', delivery.channel,
    'state', 'gathered', 'attempts', 0, 'answer', '', 'field', alert.field,
    'digest', redis.call('HGET', KEYS[place.about], 'id'), 'reason', place.reason,
    'unheard', delivery.unheard,
    'due', redis.call('ZSCORE', KEYS[12], place.name) or '')
  redis.call('EXPIRE', KEYS[delivery.key], alert.life)
end
local raised = 0
local function gather(way, due, alert, delivery)
  redis.call('ZADD', KEYS[12], 'LT', string.format('%d', due), way.name) -- never later than wanted
  if redis.call('HSETNX', KEYS[way.about], 'id', redis.sha1hex(way.name .. ' ' .. alert.id .. ' ' .. alert.field)) == 1 then
    redis.call('HSET', KEYS[way.about], 'channel', way.channel, 'reason', way.reason,
      'watch', way.watch, 'title', way.title, 'since', ARGV[3],
      'allowance', way.due > 0 and '' or KEYS[way.allowance], 'span', string.format('%d', way.span),
      'most', way.most)
  end
  if way.reason == 'quiet' then -- what its watch may tell: the summary of the channel is one of that
    for _, other in ipairs(delivery.ways) do
      if other.due == 0 then
        redis.call('HSET', KEYS[way.about], 'counts ' .. KEYS[other.allowance], string.format('%d', other.span))
      end
    end
  end
  raised = raised + 1 -- in the order of the plan within one millisecond
  note(way, alert, delivery, string.format('%d.%03d', ARGV[3], math.min(raised, 999)))
end
local TOLD = 100
local function send(alert, delivery)
  for _, way in ipairs(delivery.ways) do
    redis.call('ZADD', KEYS[way.allowance], ARGV[3], delivery.id)
    -- as long as any that can be configured, for another may be at any time; and as many
    redis.call('ZREMRANGEBYRANK', KEYS[way.allowance], 0, -math.max(way.most, TOLD) - 1)
    redis.call('EXPIRE', KEYS[way.allowance], alert.life)
  end
  redis.call('HSET', KEYS[delivery.key], 'alert', delivery.alert, 'channel', delivery.channel,
    'state', 'pending', 'attempts', 0, 'answer', '', 'field', alert.field,
    'unheard', delivery.unheard)
  redis.call('EXPIRE', KEYS[delivery.key], alert.life)
  redis.call('HSET', KEYS[delivery.job_key], 'data', blob(delivery.blob), 'origin', 'deliveries',
    'description', delivery.channel, 'status', 'queued', 'timeout', 180,
    'created_at', plan.stamp, 'enqueued_at', plan.stamp)
  redis.call('RPUSH', KEYS[6], delivery.job)
  redis.call('SADD', KEYS[7], KEYS[6])
end
-- An update of an alert that waits takes its place. One that waits for no time leaves it for good.
local function tell_channel(alert, delivery)
  local place, over, score = waiting(alert, delivery)
  delivery.unheard = unheard_of(alert, delivery, over)
  if place then
    redis.call('ZREM', KEYS[place.alerts], alert.id .. ' ' .. over)
    redis.call('HSET', KEYS[delivery.key], 'over', over)
  end
  local way, due
  if not place or (delivery.urgent and place.timed) then
    place = nil
    way, due = wait_of(delivery)
  end
  if place then
    note(place, alert, delivery, score)
  elseif way then
    gather(way, due, alert, delivery)
  else
    send(alert, delivery)
  end
  local untold = 'untold ' .. delivery.channel
  if (place or way) and delivery.unheard ~= '' then
    redis.call('HSET', KEYS[alert.key], untold, delivery.unheard)
  elseif alert.update then
    redis.call('HDEL', KEYS[alert.key], untold)
  end
end
local counts = {}
for _, article in ipairs(plan.articles) do
  -- Counted once each time it was admitted: the same job run twice (a replayed log) adds nothing.
  local known = redis.call('HMGET', KEYS[article.key], 'text', 'job')
  if known[1] ~= article.text then
    counts[article.count] = (counts[article.count] or 0) + 1
    for _, what in ipairs(article.trends) do tell(what) end
  elseif known[2] ~= article.job then
    counts['articles.repeat'] = (counts['articles.repeat'] or 0) + 1
  end
  redis.call('HSET', KEYS[article.key], unpack(article.record))
  redis.call('EXPIRE', KEYS[article.key], plan.life)
end
for count, number in pairs(counts) do redis.call('HINCRBY', KEYS[4], count, number) end
for _, match in ipairs(plan.heard) do
  -- what has left the span first: a story that comes again after it is found anew
  redis.call('ZREMRANGEBYSCORE', KEYS[match.key], '-inf', ARGV[3] - match.span)
  redis.call('ZADD', KEYS[match.key], 'NX', ARGV[3], match.story)
  redis.call('PEXPIRE', KEYS[match.key], string.format('%d', match.span))
end
local told_of = {}
for number, alert in ipairs(plan.alerts) do
  local update = alert.update
  told_of[number] = '0'
  if (redis.call('EXISTS', KEYS[alert.key]) == 1) == update
      and not (update and redis.call('HEXISTS', KEYS[alert.key], 'acked') == 1)
      and redis.call('HSETNX', KEYS[alert.key], alert.field, blob(alert.blob)) == 1 then
    told_of[number] = '1'
    if update then
      redis.call('HSET', KEYS[alert.key], 'latest', alert.field)
    else
      redis.call('EXPIRE', KEYS[alert.key], alert.life)
      redis.call('ZADD', KEYS[5], ARGV[3], alert.id)
      redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', ARGV[3] - alert.life * 1000)
    end
    redis.call('SET', KEYS[alert.spoken], alert.spoken_value, 'EX', plan.spoken_life)
    for _, other in ipairs(alert.covers) do
      redis.call('SET', KEYS[other], alert.spoken_value, 'EX', plan.spoken_life)
    end
    redis.call('HDEL', KEYS[alert.tally], unpack(alert.stories))
    redis.call('HINCRBY', KEYS[4], update and 'alerts.updated' or 'alerts.raised', 1)
    if alert.story > 0 and redis.call('EXISTS', KEYS[alert.story]) == 1 then
      local told = redis.call('HGET', KEYS[alert.story], 'told') or ''
      if not (' ' .. told .. ' '):find(' ' .. alert.watch .. ' ', 1, true) then
        redis.call('HSET', KEYS[alert.story], 'told', told == '' and alert.watch or told .. ' ' .. alert.watch)
      end
    end
    for _, delivery in ipairs(alert.deliveries) do tell_channel(alert, delivery) end
  elseif not update then -- it stands there, and that its watch has spoken was forgotten
    redis.call('SET', KEYS[alert.spoken], alert.spoken_value, 'EX', plan.spoken_life, 'NX')
    redis.call('HDEL', KEYS[alert.tally], alert.stories[1])
  end
end
for _, job in ipairs(plan.jobs) do
  redis.call('ZREM', KEYS[1], job.id)
  redis.call('HDEL', KEYS[2], job.id)
  redis.call('ZREM', KEYS[3], job.id)
  redis.call('DEL', KEYS[job.key])
  redis.call('SET', KEYS[job.kept], blob(job.blob), 'EX', plan.life)
  -- A dead letter that RQ's tools put back is dead no more.
  if redis.call('HDEL', KEYS[9], job.id) == 1 then
    redis.call('HINCRBY', KEYS[4], 'articles.set_aside', -1)
  end
end
for _, job in ipairs(plan.again) do
  redis.call('HSET', KEYS[job.key], 'data', blob(job.blob), 'origin', 'articles',
    'description', 'one article', 'status', 'scheduled', 'timeout', 180, 'created_at', plan.stamp,
    'enqueued_at', plan.stamp, 'alone', '1', 'failures', job.failures, 'error', job.error)
  redis.call('ZADD', KEYS[8], now + job.after, job.id)
  redis.call('ZADD', KEYS[3], ARGV[3], job.id)
end
for _, job in ipairs(plan.aside) do
  redis.call('HSET', KEYS[job.key], 'data', blob(job.blob), 'origin', 'articles',
    'description', 'one article', 'status', 'failed', 'timeout', 180, 'created_at', plan.stamp,
    'enqueued_at', plan.stamp, 'alone', '1', 'error', job.reason)
  redis.call('ZADD', KEYS[10], now + 31536000, job.id)
  redis.call('HSET', KEYS[9], job.id,
    cjson.encode({ kind = 'article', id = job.id, reason = job.reason, at = ARGV[3] }))
  redis.call('HINCRBY', KEYS[4], 'articles.set_aside', 1)
end
did = table.concat(told_of)
redis.call('SET', KEYS[11], ARGV[2] .. ' ' .. did, 'EX', 3600)
return { 'done', did }
