-- The newest positions of sessions whose keys are on one slot, each from its owner.
-- KEYS: state, outbox, questions of each session
-- ARGV: now (ms), ttl (s), then for each session: owner, word index, audio timestamp, playing (1 or 0),
--       acknowledged seq, when it was told (ms)
-- Returns for each session its newest seq, -1 (not in Redis, or HELLO has to be said again) or -2 (another
-- socket owns it).
local now, ttl = ARGV[1], ARGV[2]
local replies = {}
for n = 1, #KEYS / 3 do
  local key, outbox, questions = KEYS[3 * n - 2], KEYS[3 * n - 1], KEYS[3 * n]
  local argument = 6 * n - 3
  local state = redis.call('HMGET', key, 'owner', 'seq', 'acked', 'word_count', 'state', 'run')
  local refused = refusal(state[1], state[6], ARGV[argument])
  if refused then
    replies[n] = refused == 'absent' and -1 or -2
  else
    local seq, word_count = tonumber(state[2]), tonumber(state[4])
    local word_index = math.min(tonumber(ARGV[argument + 1]), word_count)
    local activity = ARGV[argument + 3] == '1' and 'reading' or (state[5] == 'asking' and 'asking' or 'paused')
    if word_index >= word_count then
      activity = 'finished'
    end
    local ack = math.min(tonumber(ARGV[argument + 4]), seq)
    if ack > tonumber(state[3]) then
      redis.call('XTRIM', outbox, 'MINID', (ack + 1) .. '-0')
    else
      ack = state[3]
    end
    redis.call('HSET', key, 'word_index', word_index, 'audio_timestamp', ARGV[argument + 2],
      'position_at', ARGV[argument + 5], 'last_active', now, 'state', activity, 'acked', ack,
      'last_named', '')
    redis.call('EXPIRE', key, ttl)
    if seq > 0 then
      redis.call('EXPIRE', outbox, ttl)
      redis.call('EXPIRE', questions, ttl)
    end
    replies[n] = seq
  end
end
return replies
