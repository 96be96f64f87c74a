-- A channel that keeps all of a digest has some of its pages: another attempt goes on behind them.
-- KEYS  1 delivery  2 holders
-- ARGV  1 worker  2 job id  3 the first page that it has not
-- Returns 'done', or 'void' when the job is not this worker's (any more). A resend changes nothing.
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[1] then return 'void' end
redis.call('HSET', KEYS[1], 'page', ARGV[3])
return 'done'
