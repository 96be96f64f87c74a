-- A person has seen an alert: it is not told again, however far its story spreads.
-- KEYS  1 alert
-- ARGV  1 now (ms)
-- Returns since when it is acknowledged (ms), the first time; '' where the alert is not kept (any
-- more). A resend changes nothing.
if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
redis.call('HSETNX', KEYS[1], 'acked', ARGV[1])
return redis.call('HGET', KEYS[1], 'acked')
