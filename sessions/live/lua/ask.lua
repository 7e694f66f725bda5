-- A child asks: keep the question, owe the acknowledgement, and want no more of an earlier answer.
-- ARGV: now (ms), ttl (s), fresh epoch, owner, deadline (ms),
--       question id, question text, word index, audio timestamp, acknowledgement
-- Returns {'ok', seq}, {'duplicate'}, {'absent'} (HELLO has to be said first, again) or {'fenced'}.
local state = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'run', 'word_count')
if not state[1] or epoch_of(state[2], state[3], ARGV[3]) ~= state[2] then
  return {'absent'}
end
local refused = refusal(state[1], state[3], ARGV[4])
if refused then
  return {refused}
end
local now, word_index = tonumber(ARGV[1]), math.min(tonumber(ARGV[8]), tonumber(state[4]))
local seq = ask(ARGV[6], ARGV[7], word_index, now, tonumber(ARGV[5]), ARGV[10])
if not seq then
  return {'duplicate'}
end
redis.call('HSET', KEYS[1], 'word_index', word_index, 'audio_timestamp', ARGV[9],
  'position_at', now, 'last_named', '')
live_on(ARGV[2])
return {'ok', seq}
