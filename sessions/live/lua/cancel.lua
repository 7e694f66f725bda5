-- The child wants no (further) answer to a question; one that was never seen is not answered later either.
-- ARGV: now (ms), ttl (s), owner, question id
-- Returns 'ok', 'absent' (HELLO has to be said first, again) or 'fenced'.
local state = redis.call('HMGET', KEYS[1], 'owner', 'question_id')
if not state[1] or state[1] == '' then
  return 'absent'
end
if state[1] ~= ARGV[3] then
  return 'fenced'
end
local question = question_of(ARGV[4])
if not question or question.status ~= 'ended' then
  close_question(ARGV[4], 'cancelled')
  redis.call('EXPIRE', KEYS[3], ARGV[2])
end
if state[2] == ARGV[4] then
  redis.call('HSET', KEYS[1], 'question_id', '', 'state', 'paused', 'last_active', ARGV[1])
end
return 'ok'
