-- The newest position of a session, from its owner.
-- ARGV: now (ms), ttl (s), owner, word index, audio timestamp, playing (1 or 0), acknowledged seq
-- Returns 'ok', 'absent' (the session is not in Redis) or 'fenced' (another socket owns it).
local state = redis.call('HMGET', KEYS[1], 'owner', 'seq', 'acked', 'word_count', 'state')
if not state[2] then
  return 'absent'
end
if state[1] ~= ARGV[3] then
  return 'fenced'
end
local word_index = math.min(tonumber(ARGV[4]), tonumber(state[4]))
local activity = ARGV[6] == '1' and 'reading' or (state[5] == 'asking' and 'asking' or 'paused')
if word_index >= tonumber(state[4]) then
  activity = 'finished'
end
redis.call('HSET', KEYS[1], 'word_index', word_index, 'audio_timestamp', ARGV[5], 'position_at', ARGV[1],
  'last_active', ARGV[1], 'state', activity)
local ack = math.min(tonumber(ARGV[7]), tonumber(state[2]))
if ack > tonumber(state[3]) then
  redis.call('HSET', KEYS[1], 'acked', ack)
  redis.call('XTRIM', KEYS[2], 'MINID', (ack + 1) .. '-0')
end
for i = 1, 3 do
  redis.call('EXPIRE', KEYS[i], ARGV[2])
end
return 'ok'
