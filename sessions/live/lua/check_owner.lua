-- May this socket write to its session?
-- ARGV: owner
-- Returns 'ok', 'absent' (HELLO has to be said first, again) or 'fenced'.
local state = redis.call('HMGET', KEYS[1], 'owner', 'run')
return refusal(state[1], state[2], ARGV[1]) or 'ok'
