-- Owe the client one more message of an answer, as long as the answer is wanted.
-- ARGV: ttl (s), question id, message, '1' if it is the answer's last
-- Returns nil (not wanted any more) or {seq, owner, server channel}.
local state = redis.call('HMGET', KEYS[1], 'owner', 'server_id', 'question_id')
local found = redis.call('HGET', KEYS[3], ARGV[2])
if not state[1] or not found then
  return nil
end
local question = cjson.decode(found)
if question.status ~= 'asked' and question.status ~= 'answering' then
  return nil
end
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
redis.call('XADD', KEYS[2], seq .. '-0', 'm', ARGV[3])
if ARGV[4] == '1' then
  question.status = 'ended'
  redis.call('HSET', KEYS[3], ARGV[2], cjson.encode(question))
  if state[3] == ARGV[2] then
    redis.call('HSET', KEYS[1], 'question_id', '')
  end
end
for i = 1, 3 do
  redis.call('EXPIRE', KEYS[i], ARGV[1])
end
return {seq, state[1], state[2] or ''}
