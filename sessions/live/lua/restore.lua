-- A socket says HELLO: it becomes the owner, its new questions are kept, and it gets all that the session owes it.
-- ARGV: now (ms), ttl (s), fresh epoch, student id, owner, server channel,
--       the client's epoch or '', its last seq, its word index or -1, its audio timestamp, when it was there (ms),
--       who it was when it was the owner or '', deadline of what it asks now (ms), then for each question not
--       acknowledged yet: id, text, word index, audio timestamp, acknowledgement, the question before or '', how
--       many sentences of its answer were heard
-- Returns {'absent'}, {'forbidden'} or
--   {'ok', epoch, word index, audio timestamp, last seq, outcome, word count,
--    former owner, former server, {seq, message, seq, message, ...}, {id of a new question, ...}}
local state = redis.call('HMGET', KEYS[1], 'student_id', 'epoch', 'word_index', 'audio_timestamp', 'position_at',
  'seq', 'acked', 'word_count', 'owner', 'server_id', 'run', 'last_owner',
  'last_named')
if not state[1] then
  return {'absent'}
end
if state[1] ~= ARGV[4] then
  return {'forbidden'}
end
local now = tonumber(ARGV[1])
local seq, acked, word_count = tonumber(state[6]), tonumber(state[7]), tonumber(state[8])
local word_index, audio_timestamp, position_at = tonumber(state[3]), tonumber(state[4]), tonumber(state[5])
local epoch = epoch_of(state[2], state[11], ARGV[3])

-- The player knows best where it is, unless another one has been further on since. What it told before may
-- have come late and so look newer.
local client_word, client_at = tonumber(ARGV[9]), tonumber(ARGV[11])
-- `last_named`: it may not have heard the answer to its last HELLO, and so names the connection before again;
-- until the last owner has said something.
local nobody_since = ARGV[12] ~= '' and (ARGV[12] == state[12] or ARGV[12] == state[13])
if client_word >= 0 and (nobody_since or client_at >= position_at) then
  word_index, audio_timestamp = math.min(client_word, word_count), tonumber(ARGV[10])
  position_at = math.max(client_at, position_at)
end

local client_epoch, client_seq = ARGV[7], tonumber(ARGV[8])
local outcome, from
if client_epoch == epoch and client_seq >= acked and client_seq <= seq then
  from = client_seq
  outcome = from == seq and 'lossless' or 'replayed'
else
  from = acked
  outcome = client_epoch == '' and 'new' or 'snapshot'
end

local asked = {}
-- Without a connection the player went on, as far as it says.
local furthest = furthest_heard(word_index, position_at, now, client_word < 0)
for i = 14, #ARGV, 7 do
  local place = math.min(tonumber(ARGV[i + 2]), word_count)
  local number = ask(ARGV[i], ARGV[i + 1], math.min(place, furthest), now, tonumber(ARGV[13]), ARGV[i + 4],
    ARGV[i + 5], tonumber(ARGV[i + 6]))
  if number then
    seq = number
    asked[#asked + 1] = ARGV[i]
    if client_word < 0 then
      word_index, audio_timestamp, position_at = place, tonumber(ARGV[i + 3]), now
    end
  end
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
elseif redis.call('HGET', KEYS[1], 'question_id') ~= '' then
  activity = 'asking'
end
redis.call('HSET', KEYS[1], 'owner', ARGV[5], 'last_owner', ARGV[5], 'last_named', ARGV[12],
  'server_id', ARGV[6], 'last_active', now, 'state', activity,
  'word_index', word_index, 'audio_timestamp', audio_timestamp, 'position_at', position_at)
live_on(ARGV[2])
return {'ok', epoch, word_index, audio_timestamp, seq, outcome, word_count,
  state[9] or '', state[10] or '', pending, asked}
