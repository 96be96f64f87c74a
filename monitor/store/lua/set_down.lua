-- What is known of alerts of a digest is set down when they are told first, so that every attempt says
-- the same.
-- KEYS  1 what was set down of the digest
-- ARGV  1 life (s)  2.. "alert field", what is known of it, …
-- Returns how many are new; what stands there stays, so a resend sets down nothing.
local new = 0
for i = 2, #ARGV, 2 do new = new + redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return new
