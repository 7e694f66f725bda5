-- Forget a session, whatever it still owes.
-- Returns {question id, entry, ...}: its questions as the ledger had them.
local questions = redis.call('HGETALL', KEYS[3])
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
return questions
