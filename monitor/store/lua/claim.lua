-- Which story does this article belong to? The same answer each time the same article asks.
-- Looked for, in this order: the article itself, its addresses, its very text, a text nearly the same.
-- KEYS  1 claim  2 shared text  3 story it would found  4 lines of its source
--       5 url  6 canonical url: each the bare prefix of urls without one, as who may see only our
--       keys may not name an empty one
-- ARGV  1 text digest  2 id of the story it would found  3 source  4 now (ms)  5 life (s)
--       6 prefix of keys  7 fragment of the url  8 print of the text, 9 of its lead ('' too short)
--       10 worth of the text (tier, then length)  11 agency or ''  12 what to keep of it as a copy
--       13 names of lines, 14 features: words parted by spaces  15 its day (since 1970)
--       16 its publisher
-- Returns {story, relation, equal slots of 64 ('' where none were compared), {sources}, agencies,
--       watches that spoke for the story, event, articles, {publishers}}. Relation: the same article
--       (same id, else same address) with the same text is a copy, with a changed text a revision; another article
--       with the same text, or nearly, is a copy.
-- Near texts: prints lie in generations of half a life, of which two are looked at; a generation
-- expires whole. Their rule is that of dedupe/likeness.py; a test holds the two equal.
-- Calls are what costs (2 us each): what was read for looking is not read again for writing, and the
-- 212,992 small hashes of a generation all exist, with their expiry, long before EXPIRING stories.
local PREFIX, LIFE = ARGV[6], tonumber(ARGV[5])
local NO_URL = PREFIX .. 'url:'
local SLOTS, ROWS, FACTS = 64, 3, 24
local BANDS = { f = 10, l = 16 }
local MIN_SLOTS, MIN_CONTAINED, MIN_FACTS, MIN_AGREED, SURE = 24, 0.64, 4, 0.6, 0.9
local TRIED, KEPT = 16, 12          -- candidates compared; stories remembered under one band
local COPIES, LINES, SLACK = 500, 300, 100
local EXPIRING = 262144 -- one of them is missing by then once in 300 million generations
local TEXTS = 300 -- of an article that changes for ever, such as a ticker, so many are remembered
local EVENT_KEPT, EVENT_SHARE, EVENT_SHARED, DAY = 6, 0.4, 3, 86400
local seconds = tonumber(redis.call('TIME')[1])
local half = math.max(math.floor(LIFE / 2), 1)
local generation = math.floor(seconds / half)

local function unpacked(print)
  local scheme, size, facts = struct.unpack('<BHB', print)
  local whole = { struct.unpack('<' .. string.rep('H', SLOTS + facts), print, 5) }
  return { scheme = scheme, size = size, facts = facts, at = whole }
end

local function agreed(ours, theirs)
  local last = 65535
  for _, one in ipairs({ ours, theirs }) do
    if one.facts == FACTS then last = math.min(last, one.at[SLOTS + FACTS]) end
  end
  local mine, count, other, both = {}, 0, 0, 0
  for i = SLOTS + 1, SLOTS + ours.facts do
    if ours.at[i] <= last then mine[ours.at[i]] = true; count = count + 1 end
  end
  for i = SLOTS + 1, SLOTS + theirs.facts do
    if theirs.at[i] <= last then
      other = other + 1
      if mine[theirs.at[i]] then both = both + 1 end
    end
  end
  local fewer = math.min(count, other)
  if fewer > 0 then return both / fewer, fewer end
end

-- Equal slots if the two are one text, else nothing.
local function likeness(ours, packed)
  local theirs = unpacked(packed)
  if theirs.scheme ~= ours.scheme then return end
  local slots = 0
  for i = 1, SLOTS do if ours.at[i] == theirs.at[i] then slots = slots + 1 end end
  if slots < MIN_SLOTS then return end
  local common = slots / (SLOTS + slots) * (ours.size + theirs.size)
  local contained = math.min(common / math.min(ours.size, theirs.size), 1)
  local share, facts = agreed(ours, theirs)
  local enough = (facts or 0) >= MIN_FACTS and MIN_CONTAINED or SURE
  if contained >= enough and (not share or share >= MIN_AGREED) then return slots end
end

-- What is kept of a story's text: its id, the print of the text, the print of its lead.
local function kept_print(kind, kept)
  local facts = kept:byte(24)
  local lead = 21 + 4 + 2 * (SLOTS + facts)
  if kind == 'f' then return kept:sub(21, lead - 1) end
  return kept:sub(lead)
end

local function near(g) return PREFIX .. 'near:' .. g .. ':' end

-- Where a band is kept: one of 8,192 hashes, so that they stay packed lists that are quickly read.
local function band(kind, print, number)
  local from = 5 + number * 2 * ROWS
  local first, second = print:byte(from, from + 1)
  return kind .. number .. ':' .. (first + second % 32 * 256), print:sub(from + 1, from + 2 * ROWS - 1)
end

-- The likeliest story under the bands of one print: {equal slots, story}, or nothing. `places` gets
-- what lies there in this generation.
local function nearest(kind, print, oldest, places)
  local hits, found, here, there = {}, {}, near(generation), near(oldest)
  for number = 0, BANDS[kind] - 1 do
    local place, field = band(kind, print, number)
    for g = generation, oldest, -1 do
      local stories = redis.call('HGET', (g == generation and here or there) .. place, field)
      if g == generation then places[#places + 1] = { here .. place, field, stories } end
      for story in (stories or ''):gmatch('%d+') do
        local id = g .. ':' .. story
        if not hits[id] then found[#found + 1] = { id = id, g = g, story = story } end
        hits[id] = (hits[id] or 0) + 1
      end
    end
  end
  if #found == 0 then return end
  table.sort(found, function(a, b)
    if hits[a.id] ~= hits[b.id] then return hits[a.id] > hits[b.id] end
    if a.g ~= b.g then return a.g < b.g end
    return tonumber(a.story) < tonumber(b.story)
  end)
  local ours, best = unpacked(print), nil
  for i = 1, math.min(#found, TRIED) do
    local kept = redis.call('HGET', near(found[i].g) .. 'prints', found[i].story)
    local slots = kept and likeness(ours, kept_print(kind, kept))
    if slots and (not best or slots > best.slots) then
      best = { slots = slots, story = kept:sub(1, 20) }
    end
  end
  return best
end

local function by_text(places)
  local oldest = generation - redis.call('EXISTS', near(generation - 1) .. 'count')
  local text = nearest('f', ARGV[8], oldest, places)
  local lead = nearest('l', ARGV[9], oldest, places)
  local best = text
  if lead and (not text or lead.slots > text.slots) then best = lead end
  if best then return best.story, best.slots end
end

local function remember(key, field, value, stories, life)
  if redis.call('HSET', key, field, value) == 1 and (stories <= EXPIRING or stories % 64 == 0) then
    redis.call('EXPIRE', key, life, 'NX')
  end
end

-- A list of numbers with one before it, the last ones forgotten.
local function before(number, others, most)
  local list, kept = tostring(number), 1
  for other in (others or ''):gmatch('%d+') do
    if other ~= tostring(number) and kept < most then list = list .. ' ' .. other; kept = kept + 1 end
  end
  return list
end

local function found_near(story, places)
  local here = near(generation)
  local number = redis.call('INCR', here .. 'count')
  if number == 1 then redis.call('EXPIRE', here .. 'count', LIFE) end
  remember(here .. 'prints', number, story .. ARGV[8] .. ARGV[9], number, LIFE)
  for _, each in ipairs(places) do
    remember(each[1], each[2], before(number, each[3], KEPT), number, LIFE)
  end
end

-- Under an address lies "story source fragment". Entries of one source that differ only in their
-- fragments are different articles.
local function by_url(key)
  if key == NO_URL then return end
  local exact = ARGV[7] ~= '' and redis.call('GET', key .. '#' .. ARGV[7])
  local story, source, fragment = (exact or redis.call('GET', key) or ''):match('^(%S+) ?(%S*) ?(.*)$')
  if story and (exact or source ~= ARGV[3] or fragment == ARGV[7]) then return story end
end

local function at_url(key, story)
  if key == NO_URL then return end
  redis.call('SET', key, story .. ' ' .. ARGV[3] .. ' ' .. ARGV[7], 'NX', 'EX', LIFE)
  if ARGV[7] ~= '' then redis.call('SET', key .. '#' .. ARGV[7], story, 'NX', 'EX', LIFE) end
end

-- The event: stories of one day, or of neighbouring ones, that share who, where and what. An inverted
-- index; a feature weighs ln(stories / stories that have it). Compared with the story that founded
-- the event alone: events, too, would drift.
local function event_of(story)
  local function key(d, part) return PREFIX .. 'event:' .. d .. ':' .. part end
  local day = tonumber(ARGV[15])
  local today = redis.call('INCR', key(day, 'stories'))
  if today == 1 then redis.call('EXPIRE', key(day, 'stories'), 2 * DAY) end
  local days, stories = { day }, today
  for _, d in ipairs({ day - 1, day + 1 }) do
    local number = tonumber(redis.call('GET', key(d, 'stories')) or 0)
    if number > 0 then days[#days + 1] = d; stories = stories + number end
  end
  local total, weights, shared, places = 0, {}, {}, {}
  for feature in ARGV[14]:gmatch('%S+') do
    local part, field, have, events = feature:sub(1, 3), feature:sub(4), 0, {}
    for _, d in ipairs(days) do
      local count, list = (redis.call('HGET', key(d, part), field) or ''):match('^(%d*)(.*)$')
      if d == day then places[#places + 1] = { key(day, part), field, tonumber(count) or 0, list } end
      have = have + (tonumber(count) or 0)
      for number in list:gmatch('%d+') do events[#events + 1] = d .. ':' .. number end
    end
    local weight = math.log((stories + 1) / math.max(have, 1))
    total = total + weight
    for _, event in ipairs(events) do
      weights[event] = (weights[event] or 0) + weight
      shared[event] = (shared[event] or 0) + 1
    end
  end
  local best
  for event, weight in pairs(weights) do
    if shared[event] >= EVENT_SHARED and weight >= EVENT_SHARE * total
        and (not best or weight > weights[best] or (weight == weights[best] and event < best)) then
      best = event
    end
  end
  local id, number = nil, ''
  if best then
    local d, n = best:match('(%d+):(%d+)')
    id = redis.call('HGET', key(d, 'ids'), n)
  end
  if not id then
    id, number = story, redis.call('INCR', key(day, 'count'))
    redis.call('HSET', key(day, 'ids'), number, id)
    if number == 1 then
      redis.call('EXPIRE', key(day, 'count'), 2 * DAY)
      redis.call('EXPIRE', key(day, 'ids'), 2 * DAY)
    end
  end
  for _, each in ipairs(places) do
    local list = number == '' and each[4] or ' ' .. before(number, each[4], EVENT_KEPT)
    remember(each[1], each[2], (each[3] + 1) .. list, today, 2 * DAY)
  end
  return id
end

local function learn()
  if ARGV[13] == '' then return end
  for name in ARGV[13]:gmatch('%S+') do redis.call('ZINCRBY', KEYS[4], 1, name) end
  local lines = redis.call('ZCARD', KEYS[4])
  if lines > LINES + SLACK then redis.call('ZREMRANGEBYRANK', KEYS[4], 0, lines - LINES - 1) end
  redis.call('EXPIRE', KEYS[4], LIFE)
end

local function key_of(story, part) return PREFIX .. 'story:' .. story .. part end

-- Whether the story holds this very text. Short texts are shared by title, source and day, so there
-- the story itself has to know.
local SHORT = KEYS[2]:sub(-20) ~= ARGV[1]
local function holds(story, holder)
  if not SHORT then return holder == story end
  return redis.call('HEXISTS', key_of(story, ''), 'text:' .. ARGV[1]) == 1
end

-- Of a key with more than TEXTS texts the first go: a small hash has its fields as they came.
local function trim(key)
  if redis.call('HLEN', key) <= TEXTS then return end
  local texts = {}
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if field:sub(1, 5) == 'text:' and field ~= 'text:' .. ARGV[1] then texts[#texts + 1] = field end
  end
  for i = 1, #texts + 1 - TEXTS do redis.call('HDEL', key, texts[i]) end
end

local function join(story, relation)
  local ref, facts = KEYS[1]:sub(-20), KEYS[3]
  if story ~= ARGV[2] then facts = key_of(story, '') end
  local known = redis.call('HMGET', facts, 'worth', 'agencies', 'first')
  if not known[3] then
    local event = event_of(story)
    redis.call('HSET', facts, 'first', ref, 'worth', ARGV[10])
    if event ~= story then redis.call('HSET', facts, 'event', event) end
  elseif redis.call('HINCRBY', facts, 'joined', 1) <= COPIES then
    local copies = key_of(story, ':copies')
    redis.call('HSET', copies, ARGV[4] .. ' ' .. relation .. ' ' .. ref, ARGV[12])
    redis.call('EXPIRE', copies, LIFE)
  end
  if known[3] and tonumber(ARGV[10]) > tonumber(known[1]) then
    redis.call('HSET', facts, 'worth', ARGV[10], 'best', ref)
  end
  if SHORT then
    redis.call('HSET', facts, 'text:' .. ARGV[1], '')
    if known[3] then trim(facts) end
  end
  local agencies = known[2] or ''
  if ARGV[11] ~= '' and not (' ' .. agencies .. ' '):find(' ' .. ARGV[11] .. ' ', 1, true) then
    redis.call('HSET', facts, 'agencies', agencies == '' and ARGV[11] or agencies .. ' ' .. ARGV[11])
  end
end

local asked = redis.call('HMGET', KEYS[1], 'story', 'text:' .. ARGV[1])
local story, relation, slots = asked[1], nil, ''
if story == '' then story = ARGV[2] end
if asked[2] then
  relation, slots = asked[2]:match('^(%S+) ?(%d*)$')
else
  local holder = redis.call('GET', KEYS[2])
  local same = story or by_url(KEYS[5]) or by_url(KEYS[6])
  if same then
    story = same
    relation = holds(same, holder) and 'copy' or 'revision'
  else
    story = holder
    local places = {}
    if not story and ARGV[8] ~= '' then story, slots = by_text(places) end
    relation = story and 'copy' or 'new'
    if not story then
      story, slots = ARGV[2], ''
      if ARGV[8] ~= '' then found_near(story, places) end
    end
    -- Not from the same text: its lines repeat because it does. From a near one: what makes it seem
    -- near may be nothing but its source's lines, which are learned so.
    if not holder then learn() end
  end
  redis.call('HSET', KEYS[1], 'story', story == ARGV[2] and '' or story, 'text:' .. ARGV[1], relation .. ' ' .. (slots or ''))
  if asked[1] then trim(KEYS[1]) end
  redis.call('SET', KEYS[2], story, 'NX', 'EX', LIFE)
  at_url(KEYS[5], story)
  at_url(KEYS[6], story)
  join(story, relation)
end
local facts = KEYS[3]
if story ~= ARGV[2] then facts = key_of(story, '') end
local found, known, sources = redis.call('HGETALL', facts), {}, {}
for i = 1, #found, 2 do
  known[found[i]] = found[i + 1]
  local source = found[i]:match('^source:(.*)$')
  if source then
    local at, publisher = found[i + 1]:match('^(%S+) ?(.*)$')
    sources[#sources + 1] = { id = source, at = tonumber(at), publisher = publisher }
  end
end
if not known['source:' .. ARGV[3]] then
  -- Many articles of a take have one time; their order is kept behind the point.
  local at = string.format('%.3f', ARGV[4] + #sources / 1000)
  redis.call('HSET', facts, 'source:' .. ARGV[3], at .. ' ' .. ARGV[16])
  sources[#sources + 1] = { id = ARGV[3], at = tonumber(at), publisher = ARGV[16] }
end
table.sort(sources, function(a, b) return a.at < b.at or (a.at == b.at and a.id < b.id) end)
local publishers, listed = {}, {}
for i, source in ipairs(sources) do
  sources[i] = source.id
  if source.publisher ~= '' and not listed[source.publisher] then
    listed[source.publisher] = true
    publishers[#publishers + 1] = source.publisher
  end
end
redis.call('EXPIRE', KEYS[1], LIFE)
redis.call('EXPIRE', facts, LIFE)
if relation ~= 'new' then -- what is copied is remembered longer; what is new has just been written
  for _, key in ipairs({ KEYS[2], KEYS[5], KEYS[6] }) do
    if key ~= NO_URL then redis.call('EXPIRE', key, LIFE) end
  end
end
return { story, relation, slots or '', sources, known.agencies or '', known.told or '',
  known.event or story, tonumber(known.joined or 0) + 1, publishers }
