-- A worker says that it is here, in RQ's own form, so that `rq info` shows it; or that it leaves.
-- KEYS  1 rq worker hash  2 rq workers  3 rq workers of its queue
-- ARGV  1 'here' or 'gone'  2 life (s)  3 JSON {field: value}
-- Returns 'done'. A worker that dies is forgotten when its life runs out.
if ARGV[1] == 'gone' then
  redis.call('SREM', KEYS[2], KEYS[1])
  redis.call('SREM', KEYS[3], KEYS[1])
  redis.call('DEL', KEYS[1])
  return 'done'
end
for field, value in pairs(cjson.decode(ARGV[3])) do redis.call('HSET', KEYS[1], field, value) end
redis.call('SADD', KEYS[2], KEYS[1])
redis.call('SADD', KEYS[3], KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 'done'
