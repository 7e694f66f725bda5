"""Live sessions: the state in Redis of what is being read right now, and its outbox.

keys      names of the keys, one hash tag a session
lua/      one file per atomic operation, each on one slot; shared.lua is put before those that need it
records   what the operations take and return
store     the operations on a session as async functions
places    those on where its child is
ledger    those on its questions: claimed, answered, found again when a worker has died
index     which sessions are live, by class and school, for those who look on
blocking  the same for code without an event loop (views, Celery workers, commands)
worker    what a tutor needs: claim a question, publish an answer
"""
