-- What does the ledger say of a question now?
-- ARGV: now (ms), margin after the deadline (ms), question id, ttl (s)
-- Returns {'over'} (nothing is to be done any more), {'held', until (ms)} (a worker has it),
--   {'open'} (no worker has had it yet), {'orphaned'} (its worker has died),
--   {'expired'} (its time is over and nobody has ended it) or
--   {'unseen', until (ms)} (it has ended, and no worker has looked at it).
local question = question_of(ARGV[3])
if not question or not needs_worker(question) then
  return {'over'}
end
local now, wanted = tonumber(ARGV[1]), is_wanted(question)
if wanted and now > question.deadline + tonumber(ARGV[2]) then
  return {'expired'}
end
if question.lease_until > now then
  return {'held', question.lease_until}
end
if wanted then
  return {question.status == 'asked' and 'open' or 'orphaned'}
end
-- Its text stays until there is a worker, however long that takes; meanwhile jobs for it must not pile up.
local AT_LEAST_MS = 60000
live_on(ARGV[4])
local ttl = tonumber(ARGV[4]) * 1000
return {'unseen', now + math.min(math.max(AT_LEAST_MS, now - question.asked_at), ttl / 2)}
