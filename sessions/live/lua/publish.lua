-- Owe the client one more message of an answer, as long as the answer is wanted.
-- ARGV: ttl (s), question id, message, '1' if it is the answer's last, its index if it is a sentence, or -1
-- Returns nil (not wanted any more) or {seq, owner, server channel}; seq 0: it is owed already, because
-- the reply to a first call was lost and the worker says it again.
local state = redis.call('HMGET', KEYS[1], 'owner', 'server_id', 'question_id')
local found = redis.call('HGET', KEYS[3], ARGV[2])
if not state[1] or not found then
  return nil
end
local question = cjson.decode(found)
local final, index = ARGV[4] == '1', tonumber(ARGV[5])
if final and question.status == 'ended' then
  return {0, '', ''}
end
if question.status ~= 'asked' and question.status ~= 'answering' then
  return nil
end
if index >= 0 and index < (question.said or 0) then
  return {0, '', ''}
end
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
redis.call('XADD', KEYS[2], seq .. '-0', 'm', ARGV[3])
question.said = math.max(question.said or 0, index + 1)
if final then
  question.status = 'ended'
  if state[3] == ARGV[2] then
    redis.call('HSET', KEYS[1], 'question_id', '')
  end
end
redis.call('HSET', KEYS[3], ARGV[2], cjson.encode(question))
for i = 1, 3 do
  redis.call('EXPIRE', KEYS[i], ARGV[1])
end
return {seq, state[1], state[2] or ''}
