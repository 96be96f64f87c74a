-- A story counts towards the threshold of a watch, once: the article that came first stays. One that
-- the watch has spoken for counts no more, be it that somebody has told it since this was asked for.
-- KEYS  1 tally of the watch
-- ARGV  1 story  2 "when (ms) what"  3 within (ms)  4 life (s)  5 prefix of what the watch has spoken
--       for
-- Returns the tally as story, "when what", …: what lies no further back than `within` from the newest.
-- A resend adds nothing.
local function told(story) return redis.call('EXISTS', ARGV[5] .. story) == 1 end
if not told(ARGV[1]) then redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
local all = redis.call('HGETALL', KEYS[1])
local function when(value) return tonumber(value:match('^%d+') or 0) end
local newest = 0
for at = 2, #all, 2 do newest = math.max(newest, when(all[at])) end
local kept = {}
for at = 2, #all, 2 do
  if when(all[at]) <= newest - ARGV[3] or told(all[at - 1]) then
    redis.call('HDEL', KEYS[1], all[at - 1])
  else
    kept[#kept + 1] = all[at - 1]
    kept[#kept + 1] = all[at]
  end
end
-- No more than the newest 300: an alert names them all.
local most = 300
if #kept > 2 * most then
  local order = {}
  for at = 1, #kept, 2 do order[#order + 1] = { kept[at], kept[at + 1] } end
  table.sort(order, function(a, b) return when(a[2]) > when(b[2]) end)
  kept = {}
  for at, each in ipairs(order) do
    if at <= most then
      kept[#kept + 1] = each[1]
      kept[#kept + 1] = each[2]
    else
      redis.call('HDEL', KEYS[1], each[1])
    end
  end
end
return kept
