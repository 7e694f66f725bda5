-- A child asks: keep the question, owe the acknowledgement, and want no more of an earlier answer.
-- ARGV: now (ms), ttl (s), fresh epoch, owner, deadline (ms),
--       question id, question text, word index, audio timestamp, acknowledgement,
--       the question before or '', how many sentences of its answer were heard,
--       the place told before it that has not been written yet: word index or -1, when (ms), playing (1 or 0)
-- Returns {'ok', seq}, {'duplicate'}, {'absent'} (HELLO has to be said first, again) or {'fenced'}.
local state = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'run', 'word_count',
  'word_index', 'position_at', 'state')
if not state[1] or epoch_of(state[2], state[3], ARGV[3]) ~= state[2] then
  return {'absent'}
end
local refused = refusal(state[1], state[3], ARGV[4])
if refused then
  return {refused}
end
local now, word_index = tonumber(ARGV[1]), math.min(tonumber(ARGV[8]), tonumber(state[4]))
local told, told_at, playing = tonumber(ARGV[13]), tonumber(ARGV[14]), ARGV[15] == '1'
if told < 0 then
  told, told_at, playing = tonumber(state[5]), tonumber(state[6]), state[7] == 'reading'
end
local heard = math.min(word_index, furthest_heard(told, told_at, now, playing))
local seq = ask(ARGV[6], ARGV[7], heard, now, tonumber(ARGV[5]), ARGV[10], ARGV[11], tonumber(ARGV[12]))
if not seq then
  return {'duplicate'}
end
redis.call('HSET', KEYS[1], 'word_index', word_index, 'audio_timestamp', ARGV[9],
  'position_at', now, 'last_named', '')
live_on(ARGV[2])
return {'ok', seq}
