-- What does the ledger say of a question now?
-- ARGV: now (ms), margin after the deadline (ms), question id
-- Returns {'over'} (nothing is to be done any more), {'held', until (ms)} (a worker has it),
--   {'open'} (a worker has to be found) or {'expired'} (its time is over and nobody has ended it).
local question = question_of(ARGV[3])
if not question or (question.status ~= 'asked' and question.status ~= 'answering') then
  return {'over'}
end
local now = tonumber(ARGV[1])
if now > question.deadline + tonumber(ARGV[2]) then
  return {'expired'}
end
if question.status == 'answering' and question.lease_until > now then
  return {'held', question.lease_until}
end
return {'open'}
