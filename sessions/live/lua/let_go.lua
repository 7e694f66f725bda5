-- A worker finds that a question is not wanted from it any more, and has looked at it.
-- ARGV: question id
-- Returns its status, '' if it is not known.
local question = question_of(ARGV[1])
if not question then
  return ''
end
if question.unseen and not is_wanted(question) then
  question.unseen = nil
  close_question(ARGV[1], question.status, question)
end
return question.status
