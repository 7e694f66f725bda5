"""How long things are kept."""

from readerai import env

# Days; 0: until the child is erased. `manage.py purge_expired` ends them, each night by itself.
TRANSCRIPT_DAYS = env.number("TRANSCRIPT_DAYS", 365, low=0, high=3_650)  # questions and their answers
FLAG_DAYS = env.number("FLAG_DAYS", 730, low=0, high=3_650)  # flags, with the turns they are about
READING_DAYS = env.number("READING_DAYS", 730, low=0, high=3_650)  # readings that came to the book's end
AUDIT_DAYS = env.number("AUDIT_DAYS", 730, low=0, high=3_650)  # what grown-ups looked at and did
# The audio of answers; it is made anew where it is wanted again.
ANSWER_AUDIO_DAYS = env.number("ANSWER_AUDIO_DAYS", 30, low=1, high=365)
