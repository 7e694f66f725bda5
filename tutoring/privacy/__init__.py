"""What children are owed: to be forgotten, to be told what is kept of them, and that nothing stays for ever.

traces     what a turn leaves outside PostgreSQL: audio, and the answer kept for other children
erasure    a child, or a reading, goes: with all its traces
export     all that is kept of a child, as a file
retention  what is kept for how long, and the end of it
"""
