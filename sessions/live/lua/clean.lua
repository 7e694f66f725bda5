-- Take sessions off the list of those to checkpoint, unless they have moved again since.
-- ARGV: member, score, member, score, ...
local cleaned = 0
for i = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    cleaned = cleaned + redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return cleaned
