-- Forget a session, whatever it still owes.
-- KEYS: state, outbox, questions, and what stands there for a while when it is erased for good
-- ARGV: for how long (seconds); 0: not at all
-- Returns {question id, entry, ...}: its questions as the ledger had them.
local questions = redis.call('HGETALL', KEYS[3])
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
if ARGV[1] ~= '0' then
  redis.call('SET', KEYS[4], '', 'EX', ARGV[1])
end
return questions
