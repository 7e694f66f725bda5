"""The one seam from sessions to tutoring. Both signals are sent outside the event loop's thread."""

from django.dispatch import Signal

# A question is safe in the live session and acknowledged to the child; sent again when nobody answers it.
# Arguments: session_id (str), question_id (str).
question_asked = Signal()

# A question's time is over and nobody has ended it.
# Arguments: session_id (str), question_id (str).
question_expired = Signal()
