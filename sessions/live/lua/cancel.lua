-- The child wants no (further) answer to a question; one that was never seen is not answered later either.
-- ARGV: now (ms), ttl (s), owner, question id
-- Returns 'ok', 'absent' or 'fenced'.
local state = redis.call('HMGET', KEYS[1], 'owner', 'question_id')
if not state[1] then
  return 'absent'
end
if state[1] ~= ARGV[3] then
  return 'fenced'
end
local found = redis.call('HGET', KEYS[3], ARGV[4])
local question = found and cjson.decode(found) or {text = '', word_index = 0, asked_at = tonumber(ARGV[1]), lease_until = 0}
if question.status ~= 'ended' then
  question.status = 'cancelled'
  redis.call('HSET', KEYS[3], ARGV[4], cjson.encode(question))
  redis.call('EXPIRE', KEYS[3], ARGV[2])
end
if state[2] == ARGV[4] then
  redis.call('HSET', KEYS[1], 'question_id', '', 'state', 'paused', 'last_active', ARGV[1])
end
return 'ok'
