-- One try at signing in is counted, unless there is a pause.
-- ARGV: now (ms), how long tries are remembered from the first one on (ms), the pause after each (ms)...
-- Returns 0, or the milliseconds until the pause is over.
local now = tonumber(ARGV[1])
local over = tonumber(redis.call('HGET', KEYS[1], 'pause_until') or 0)
if over > now then
  return over - now
end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
if tries == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
local pause = tonumber(ARGV[math.min(tries + 2, #ARGV)])
if pause > 0 then
  redis.call('HSET', KEYS[1], 'pause_until', now + pause)
  -- A pause is not cut short because the tries before it are forgotten.
  if redis.call('PTTL', KEYS[1]) < pause then
    redis.call('PEXPIRE', KEYS[1], pause)
  end
end
return 0
