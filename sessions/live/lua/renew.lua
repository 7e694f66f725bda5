-- The worker that has claimed a question lives: nobody else answers it for another lease.
-- ARGV: now (ms), lease (ms), token of the claim, question id
-- Returns 1, or nil when the claim does not hold any more.
local question = question_of(ARGV[4])
if not question or question.token ~= ARGV[3] or not needs_worker(question) then
  return nil
end
question.lease_until = tonumber(ARGV[1]) + tonumber(ARGV[2])
keep_question(ARGV[4], question)
return 1
