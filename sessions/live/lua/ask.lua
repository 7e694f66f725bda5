-- A child asks: keep the question, owe the acknowledgement, and want no more of an earlier answer.
-- ARGV: now (ms), ttl (s), owner, question id, question text, word index, audio timestamp, acknowledgement
-- Returns {'ok', seq}, {'duplicate'}, {'absent'} or {'fenced'}.
local state = redis.call('HMGET', KEYS[1], 'owner', 'question_id')
if not state[1] then
  return {'absent'}
end
if state[1] ~= ARGV[3] then
  return {'fenced'}
end
if redis.call('HEXISTS', KEYS[3], ARGV[4]) == 1 then
  return {'duplicate'}
end
if state[2] and state[2] ~= '' then
  local earlier = cjson.decode(redis.call('HGET', KEYS[3], state[2]))
  earlier.status = 'cancelled'
  redis.call('HSET', KEYS[3], state[2], cjson.encode(earlier))
end
redis.call('HSET', KEYS[3], ARGV[4], cjson.encode({
  status = 'asked', text = ARGV[5], word_index = tonumber(ARGV[6]), asked_at = tonumber(ARGV[1]), lease_until = 0
}))
redis.call('HSET', KEYS[1], 'question_id', ARGV[4], 'state', 'asking', 'word_index', ARGV[6],
  'audio_timestamp', ARGV[7], 'position_at', ARGV[1], 'last_active', ARGV[1])
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
redis.call('XADD', KEYS[2], seq .. '-0', 'm', ARGV[8])
for i = 1, 3 do
  redis.call('EXPIRE', KEYS[i], ARGV[2])
end
return {'ok', seq}
