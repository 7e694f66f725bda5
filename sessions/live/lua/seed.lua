-- Put a session into Redis if it is not there, and has not been erased since its row was read.
-- KEYS: state, outbox, questions, and what stands there for a while when it was erased
-- ARGV: ttl in seconds, then field, value, field, value, ...
-- Returns 1 if it was put there, 0 if it was there already, or is erased.
if redis.call('EXISTS', KEYS[1], KEYS[4]) > 0 then
  return 0
end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
