-- A person pauses a source or a watch, or lets it go on. The running poller looks at paused sources
-- every second, a worker at paused watches whenever an article matches one.
-- KEYS  1 paused
-- ARGV  1 id of the source or watch  2 'pause' or 'resume'  3 now (ms)
-- Returns 'done'; 'again' when it was so already: since when it is paused does not change.
local changed
if ARGV[2] == 'pause' then
  changed = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[3])
else
  changed = redis.call('HDEL', KEYS[1], ARGV[1])
end
return changed == 1 and 'done' or 'again'
