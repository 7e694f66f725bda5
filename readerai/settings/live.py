"""Live sessions, and how often a child, a socket or a process may do something."""

from readerai import env, school_day

LIVE_SESSION_TTL = env.number("LIVE_SESSION_TTL", 3600, low=60, high=86_400)  # seconds without a sign of life
# A reading session's position is written to Redis at most once in so many milliseconds.
PROGRESS_FLUSH_MS = env.number("PROGRESS_FLUSH_MS", 1_000, low=10, high=5_000)
OUTBOX_SWEEP_MS = env.number("OUTBOX_SWEEP_MS", 4_000, low=50, high=60_000)  # finds lost wake-ups
CHECKPOINT_SECONDS = env.number("CHECKPOINT_SECONDS", 15, low=1, high=600)  # live state -> PostgreSQL
DRAIN_SECONDS = env.number("DRAIN_SECONDS", 20, low=1, high=600)  # from SIGTERM until all sockets are closed
SAMPLE_SECONDS = env.number("SAMPLE_SECONDS", 15, low=1, high=300)  # who reads is counted so often
# Sockets that one web process is meant for: see docs/performance.md.
WEB_CONNECTIONS_TARGET = env.number("WEB_CONNECTIONS_TARGET", 5_000, low=1, high=1_000_000)
# How many children are expected at which hour of a school day, for the page of capacity.
SCHOOL_DAY = school_day.read(
    "SCHOOL_DAY", env.text("SCHOOL_DAY", "6=500,8=5000,10=3000,12=1000,14=4000,16=1500,18=800")
)
# One frame from a client: a HELLO with 20 questions of 500 characters fits in any script.
MAX_FRAME_BYTES = env.number("MAX_FRAME_BYTES", 65_536, low=1_024, high=1_048_576)

# How often; 0: as often as anybody likes.
HANDSHAKES_PER_SECOND = env.number(
    "HANDSHAKES_PER_SECOND", 1_000, low=0, high=100_000
)  # a process; five times at once
# Of one process: more than it can restore before their clients give up would all come in vain.
HANDSHAKES_AT_ONCE = env.number("HANDSHAKES_AT_ONCE", 2_000, low=0, high=100_000)
CHILD_CONNECTS_PER_MINUTE = env.number("CHILD_CONNECTS_PER_MINUTE", 60, low=0, high=60_000)  # to a process
FRAMES_PER_SECOND = env.number("FRAMES_PER_SECOND", 20, low=0, high=10_000)  # of a socket; ten times at once

# What one child has thought about by tutors and workers: so many at once, then one in so many seconds.
QUESTIONS_AT_ONCE = env.number("QUESTIONS_AT_ONCE", 6, low=1, high=1_000)
QUESTION_SECONDS = env.number("QUESTION_SECONDS", 10, low=0, high=3_600)
WORDS_AT_ONCE = env.number("WORDS_AT_ONCE", 30, low=1, high=1_000)
WORD_SECONDS = env.number("WORD_SECONDS", 5, low=0, high=3_600)
