-- A child does something once, if the pace allows it: so many times at once, then one every interval (ms).
-- sessions.pace.Allowance, for all servers together.
-- ARGV: now (ms), how many at once, interval (ms)
-- Returns 1 if it is allowed, else 0.
local now, interval = tonumber(ARGV[1]), tonumber(ARGV[3])
local at = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
if at - now > (tonumber(ARGV[2]) - 1) * interval then
  return 0
end
at = at + interval
redis.call('SET', KEYS[1], string.format('%d', at), 'PX', string.format('%d', at - now))
return 1
