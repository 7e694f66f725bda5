-- A socket has gone: the session has no owner until one comes back.
-- ARGV: now (ms), owner
-- Returns 'ok', 'absent' or 'fenced' (another socket has taken over; it stays the owner).
local owner = redis.call('HGET', KEYS[1], 'owner')
if not owner then
  return 'absent'
end
if owner ~= ARGV[2] then
  return 'fenced'
end
redis.call('HSET', KEYS[1], 'owner', '', 'server_id', '', 'state', 'away', 'last_active', ARGV[1])
return 'ok'
