-- Which schema the keys in this Redis are of; where there are none yet, they are of ours from now on.
-- KEYS  1 schema  2 era of schema 1
-- ARGV  1 our schema
-- What was written before there was a key for it is of schema 1. Returns the schema, or what stands
-- there in place of one; a repeat the same.
local known = redis.call('GET', KEYS[1])
if known then return tonumber(known) or known end
local first = redis.call('EXISTS', KEYS[2]) == 1 and '1' or ARGV[1]
redis.call('SET', KEYS[1], first)
return tonumber(first)
