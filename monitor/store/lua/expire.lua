-- Dead letters whose time is over go, and their jobs with them.
-- KEYS  1 dead  2 counts  3.. rq failed registries of all queues
-- ARGV  1 set aside before (ms)  2 prefix of job hashes  3.. ids of letters
-- A letter that was set aside again since stays; so does one that RQ's tools have put back on its
-- queue, for whoever works on it. What was counted stays counted. Returns the ids that went; a resend
-- finds nothing to do.
local gone = {}
for i = 3, #ARGV do
  local id, job = ARGV[i], ARGV[2] .. ARGV[i]
  local letter = redis.call('HGET', KEYS[1], id)
  local status = redis.call('HGET', job, 'status')
  if letter and tonumber(cjson.decode(letter).at) < tonumber(ARGV[1])
      and (not status or status == 'failed') then
    redis.call('HDEL', KEYS[1], id)
    redis.call('DEL', job)
    for registry = 3, #KEYS do redis.call('ZREM', KEYS[registry], id) end
    gone[#gone + 1] = id
  end
end
if #gone > 0 then redis.call('HINCRBY', KEYS[2], 'letters.expired', #gone) end
return gone
