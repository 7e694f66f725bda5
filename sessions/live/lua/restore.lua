-- A socket says HELLO: it becomes the owner, and gets all that the session owes its client.
-- ARGV: now (ms), ttl (s), student id, owner, server channel,
--       the client's epoch or '', its last seq, its word index or -1, its audio timestamp, when it was there (ms)
-- Returns {'absent'}, {'forbidden'} or
--   {'ok', epoch, word index, audio timestamp, last seq, outcome, word count,
--    former owner, former server, {seq, message, seq, message, ...}}
local state = redis.call('HMGET', KEYS[1], 'student_id', 'epoch', 'word_index', 'audio_timestamp', 'position_at',
  'seq', 'acked', 'word_count', 'owner', 'server_id', 'question_id')
if not state[1] then
  return {'absent'}
end
if state[1] ~= ARGV[3] then
  return {'forbidden'}
end
local epoch, seq, acked, word_count = state[2], tonumber(state[6]), tonumber(state[7]), tonumber(state[8])
local word_index, audio_timestamp = tonumber(state[3]), tonumber(state[4])

-- The player knows best where it is, unless another one has been further on since.
local client_word, client_at = tonumber(ARGV[8]), tonumber(ARGV[10])
if client_word >= 0 and client_at >= tonumber(state[5]) then
  word_index, audio_timestamp = math.min(client_word, word_count), tonumber(ARGV[9])
  redis.call('HSET', KEYS[1], 'word_index', word_index, 'audio_timestamp', audio_timestamp, 'position_at', client_at)
end

local client_epoch, client_seq = ARGV[6], tonumber(ARGV[7])
local outcome, from
if client_epoch == epoch and client_seq >= acked and client_seq <= seq then
  from = client_seq
  outcome = from == seq and 'lossless' or 'replayed'
else
  from = acked
  outcome = client_epoch == '' and 'new' or 'snapshot'
end
local pending = {}
if from < seq then
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '(' .. from .. '-0', '+')) do
    pending[#pending + 1] = tonumber(string.match(entry[1], '^(%d+)-'))
    pending[#pending + 1] = entry[2][2]
  end
end

local activity = 'paused'
if word_index >= word_count then
  activity = 'finished'
elseif state[11] and state[11] ~= '' then
  activity = 'asking'
end
redis.call('HSET', KEYS[1], 'owner', ARGV[4], 'server_id', ARGV[5], 'last_active', ARGV[1], 'state', activity)
for i = 1, 3 do
  redis.call('EXPIRE', KEYS[i], ARGV[2])
end
return {'ok', epoch, word_index, audio_timestamp, seq, outcome, word_count,
  state[9] or '', state[10] or '', pending}
