-- The child wants no (further) answer to a question; one that was never seen is not answered later either.
-- ARGV: now (ms), ttl (s), owner, question id
-- Returns 'ok', 'absent' (HELLO has to be said first, again) or 'fenced'.
local state = redis.call('HMGET', KEYS[1], 'owner', 'question_id', 'run')
local refused = refusal(state[1], state[3], ARGV[3])
if refused then
  return refused
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
