-- Which story does this article belong to? The same answer each time the same article asks.
-- KEYS  1 claim  2 text key  3 sources of the story it would found  4 url key (absent without a URL)
-- ARGV  1 text digest  2 id of the story it would found  3 source  4 now (ms)  5 life (s)
--       6 prefix of story keys
-- Returns {story, relation, {sources}}. Same article (same id, else same URL) with the same text is a
-- copy, with a changed text a revision; another article with the same text is a copy.
local relation = redis.call('HGET', KEYS[1], 'text:' .. ARGV[1])
local story = redis.call('HGET', KEYS[1], 'story')
if not relation then
  local by_text = redis.call('GET', KEYS[2])
  if story then
    relation = by_text == story and 'copy' or 'revision'
  else
    local by_url = KEYS[4] and redis.call('GET', KEYS[4])
    story = by_url or by_text or ARGV[2]
    if by_text == story then relation = 'copy'
    elseif by_url then relation = 'revision'
    else relation = 'new' end
  end
  redis.call('HSET', KEYS[1], 'story', story, 'text:' .. ARGV[1], relation)
  redis.call('SET', KEYS[2], story, 'NX')
  if KEYS[4] then redis.call('SET', KEYS[4], story, 'NX') end
end
local sources = KEYS[3]
if story ~= ARGV[2] then sources = ARGV[6] .. story .. ':sources' end
redis.call('ZADD', sources, 'NX', ARGV[4], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('EXPIRE', sources, ARGV[5])
if KEYS[4] then redis.call('EXPIRE', KEYS[4], ARGV[5]) end
return { story, relation, redis.call('ZRANGE', sources, 0, -1) }
