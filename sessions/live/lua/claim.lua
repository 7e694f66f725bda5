-- A worker takes a question: nobody else answers it until the lease is over. Also one that has ended unseen:
-- nobody waits for its answer, but its text has to be looked at.
-- ARGV: now (ms), lease (ms), token of this claim, question id
-- Returns nil (looked at and not wanted, answered, or another worker has it) or
--   {student id, book id, question text, word index, asked at (ms), attempt, deadline (ms), {sentence said, ...},
--    grade, {{question before, what was heard of its answer}, ...}, how it has ended or ''}.
local state = redis.call('HMGET', KEYS[1], 'student_id', 'book_id', 'grade')
local question = question_of(ARGV[4])
if not state[1] or not question or not needs_worker(question) then
  return nil
end
local now = tonumber(ARGV[1])
if question.token ~= ARGV[3] then  -- else the first reply was lost
  if question.lease_until > now then
    return nil
  end
  question.attempt = question.attempt + 1
end
local ended = not is_wanted(question) and question.status or ''
if ended == '' then
  question.status = 'answering'
end
question.lease_until = now + tonumber(ARGV[2])
question.token = ARGV[3]
keep_question(ARGV[4], question)
return {state[1], state[2], question.text, question.word_index, question.asked_at,
  question.attempt, question.deadline, question.said, state[3] or '', question.before or {}, ended}
