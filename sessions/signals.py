"""The one seam from sessions to tutoring. All signals are sent outside the event loop's thread."""

from django.dispatch import Signal

# A question is safe in the live session and acknowledged to the child; sent again when its worker has died.
# Arguments: session_id (str), question_id (str).
question_asked = Signal()

# No worker has had a question for some seconds: its job waits, or is lost; sent again while that is so, more
# rarely once it has ended. Arguments: session_id (str), question_id (str).
question_waits = Signal()

# A question's time is over and nobody has ended it.
# Arguments: session_id (str), question_id (str).
question_expired = Signal()

# A child has heard an answer, or as much of it as it wanted to.
# Arguments: session_id (str), question_id (str), sentences (int) heard to their end, after_ms (int) since the
# question.
answer_heard = Signal()

# A book is new in the library and somebody waits for it. Arguments: book_id (int).
book_imported = Signal()
