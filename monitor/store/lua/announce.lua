-- There will be a digest of a channel at some time, be it empty.
-- KEYS  1 gathered  2 digested
-- ARGV  1 name of the gathering  2 channel  3 due (ms)
-- Returns 1 where it is new. One that is open stays as it is, so a resend changes nothing. Of a time
-- that is not later than that of the last one told there is none: who asks has a clock that is behind.
-- A last one more than a day ahead was told by a clock that was wrong.
local last = tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or '')
local due = tonumber(ARGV[3])
if last and due <= last and last < due + 86400000 then return 0 end
return redis.call('ZADD', KEYS[1], 'NX', ARGV[3], ARGV[1])
