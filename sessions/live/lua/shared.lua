-- What several operations do; put before each of them. KEYS: a session's state, outbox, questions.

local function this_run()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
end

-- Is this Redis the one that has given the session its numbers? One that was restarted or failed over may
-- have lost its last writes and would give the same numbers to other messages. So the session gets a new
-- epoch, and no owner: its socket has to say HELLO again. Returns the epoch that holds from now on.
local function epoch_of(epoch, run, fresh)
  local here = this_run()
  if run == here then
    return epoch
  end
  redis.call('HSET', KEYS[1], 'epoch', fresh, 'run', here, 'owner', '', 'server_id', '')
  return fresh
end

-- May this socket write to a session of `owner`? Returns nil if it may, 'absent' if it has to say HELLO (again),
-- 'fenced' if a newer socket owns the session. A Redis that was restarted may have lost the HELLO of its newest
-- socket and cannot say who is the newer one.
local function refusal(owner, run, socket)
  if not owner or owner == '' then
    return 'absent'
  end
  if owner ~= socket then
    return run == this_run() and 'fenced' or 'absent'
  end
end

-- Put a message into the outbox; returns its number.
local function owe(message)
  local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
  redis.call('XADD', KEYS[2], seq .. '-0', 'm', message)
  return seq
end

local function question_of(id)
  local found = redis.call('HGET', KEYS[3], id)
  return found and cjson.decode(found)
end

local function keep_question(id, question)
  redis.call('HSET', KEYS[3], id, cjson.encode(question))
end

local function is_wanted(question)
  return question.status == 'asked' or question.status == 'answering'
end

-- Has a worker something to do: to answer it, or at least to look at its text?
local function needs_worker(question)
  return is_wanted(question) or question.unseen
end

-- What remains of a question that needs nothing more: enough to know it when it comes again, and what the next
-- one may refer to, until that has come. One that no worker has looked at stays whole until one has.
local function close_question(id, status, question)
  question = question or question_of(id) or {}
  if question.unseen then
    question.status = status
  elseif question.followed then
    question = {status = status}
  else
    question = {status = status, text = question.text, said = question.said, before = question.before}
  end
  keep_question(id, question)
end

-- What was asked before, oldest first, each {question, what was heard of its answer}. Of the question before only
-- its status is needed from then on.
local EXCHANGES = 3
local function exchanges_until(id, heard)
  local question = id ~= '' and question_of(id)
  if not question or not question.text then
    return {}
  end
  local sentences = {}
  for i = 1, math.min(heard, #question.said) do
    sentences[i] = question.said[i]
  end
  local exchanges = {unpack(question.before or {})}
  exchanges[#exchanges + 1] = {question.text, table.concat(sentences, ' ')}
  if #exchanges > EXCHANGES then
    table.remove(exchanges, 1)
  end
  question.followed = true
  close_question(id, question.status, question)
  return exchanges
end

-- The furthest word that can have been heard of a narration that was at `word_index` at the time `at`: a client's
-- word for it is not enough. Nobody speaks faster, and whoever reads tells its place at least so often.
local WORDS_A_SECOND, TOLD_WITHIN_MS, BETWEEN_WORDS = 6, 10000, 12
local function furthest_heard(word_index, at, now, playing)
  local played = playing and math.min(TOLD_WITHIN_MS, math.max(0, now - at)) or 0
  return word_index + BETWEEN_WORDS + math.ceil(played / 1000 * WORDS_A_SECOND)
end

-- A question that is new becomes the open one, and its acknowledgement is owed; returns the number of that,
-- or nil for a question that is known. `word_index`: how far the book has been heard.
local function ask(id, text, word_index, now, deadline, acknowledgement, previous, heard)
  if redis.call('HEXISTS', KEYS[3], id) == 1 then
    return nil
  end
  local open = redis.call('HGET', KEYS[1], 'question_id')
  if open and open ~= '' then
    close_question(open, 'cancelled')
  end
  keep_question(id, {
    status = 'asked', text = text, word_index = word_index, asked_at = now, deadline = deadline,
    lease_until = 0, attempt = 0, token = '', said = {}, unseen = true, before = exchanges_until(previous, heard)
  })
  redis.call('HSET', KEYS[1], 'question_id', id, 'state', 'asking', 'last_active', now)
  return owe(acknowledgement)
end

local function live_on(seconds)
  for i = 1, 3 do
    redis.call('EXPIRE', KEYS[i], seconds)
  end
end
