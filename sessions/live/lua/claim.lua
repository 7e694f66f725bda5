-- A worker takes a question: nobody else answers it until the lease is over.
-- ARGV: now (ms), lease (ms), question id
-- Returns nil (not wanted, answered, or another worker has it) or
--   {student id, book id, question text, word index, asked at (ms)}.
local state = redis.call('HMGET', KEYS[1], 'student_id', 'book_id')
local found = redis.call('HGET', KEYS[3], ARGV[3])
if not state[1] or not found then
  return nil
end
local question = cjson.decode(found)
local now = tonumber(ARGV[1])
if question.status == 'asked' or (question.status == 'answering' and question.lease_until <= now) then
  question.status = 'answering'
  question.lease_until = now + tonumber(ARGV[2])
  redis.call('HSET', KEYS[3], ARGV[3], cjson.encode(question))
  return {state[1], state[2], question.text, question.word_index, question.asked_at}
end
return nil
