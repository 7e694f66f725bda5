-- Owe the client one more message of an answer, as long as the answer is wanted.
-- ARGV: ttl (s), fresh epoch, token of the claim or '' (whoever holds it), question id, message,
--       '1' if it is the answer's last, how many sentences came before it or -1, a sentence's text
-- Returns nil (not wanted any more, or another worker has it) or {seq, owner, server channel}; seq 0: it is owed
-- already, because the reply to a first call was lost and the worker says it again.
local state = redis.call('HMGET', KEYS[1], 'question_id', 'epoch', 'run')
local question = question_of(ARGV[4])
if not state[2] or not question then
  return nil
end
local final, before = ARGV[6] == '1', tonumber(ARGV[7])
if final and question.status == 'ended' then
  if ARGV[3] ~= '' and question.unseen then  -- it was ended over the head of a worker that was late
    question.unseen = nil
    close_question(ARGV[4], 'ended', question)
  end
  return {0, '', ''}
end
if not is_wanted(question) then
  return nil
end
if ARGV[3] ~= '' and question.token ~= ARGV[3] then
  return nil
end
if before > #question.said then
  return nil  -- a restarted Redis has lost some of them: whoever claims the question next says them again
end
if before >= 0 and not final then
  if before < #question.said then
    return {0, '', ''}
  end
  question.said[#question.said + 1] = ARGV[8]
end
if ARGV[3] ~= '' then
  question.unseen = nil  -- a worker looks at a question before it says anything
end
epoch_of(state[2], state[3], ARGV[2])
local seq = owe(ARGV[5])
if final then
  close_question(ARGV[4], 'ended', question)
  if state[1] == ARGV[4] then
    redis.call('HSET', KEYS[1], 'question_id', '')
  end
else
  keep_question(ARGV[4], question)
end
live_on(ARGV[1])
local owner = redis.call('HMGET', KEYS[1], 'owner', 'server_id')
return {seq, owner[1], owner[2]}
