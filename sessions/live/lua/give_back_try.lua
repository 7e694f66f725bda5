-- A try that was right counts for nothing.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'tries', -1)
  redis.call('HDEL', KEYS[1], 'pause_until')
end
return 0
