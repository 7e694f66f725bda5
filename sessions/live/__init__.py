"""Live sessions: the state in Redis of what is being read right now, and its outbox.

keys      names of the keys, one hash tag a session
lua/      one file per atomic operation, each on one slot
records   what the operations take and return
store     the operations as async functions
blocking  the same for code without an event loop (views, Celery workers, commands)
worker    what a tutor needs: claim a question, publish an answer
"""
