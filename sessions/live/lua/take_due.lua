-- Take the questions that have to be looked at: no other process looks at them until later.
-- ARGV: now (ms), until when they are ours (ms), at most how many
-- Returns the members.
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(due) do
  redis.call('ZADD', KEYS[1], ARGV[2], member)
end
return due
