"""The one seam from sessions to tutoring."""

from django.dispatch import Signal

# A question is safe in the live session and acknowledged to the child.
# Arguments: session_id (str), question_id (str). Sent outside the event loop's thread.
question_asked = Signal()
