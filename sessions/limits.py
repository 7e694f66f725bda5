"""How often a child may come to this process, and how fast its socket may talk, by the settings."""

from django.conf import settings

from sessions.pace import Allowance, Allowances, Places, interval

# Half of a minute's sockets may come at once: a tablet under a bad network means no harm.
connects = Allowances(
    (settings.CHILD_CONNECTS_PER_MINUTE + 1) // 2, interval(settings.CHILD_CONNECTS_PER_MINUTE, seconds=60)
)
# Sockets whose session is not restored yet. Where thousands come in one moment, all of them would wait for
# each other until they give up, come again and wait anew: the rest is put off at once, while these get in.
arriving = Places(settings.HANDSHAKES_AT_ONCE)
_FRAMES_AT_ONCE = 10 * settings.FRAMES_PER_SECOND  # what was held up on its way comes all together
_FRAME_INTERVAL = interval(settings.FRAMES_PER_SECOND)


def of_frames() -> Allowance:
    """Return what one socket may say."""
    return Allowance(_FRAMES_AT_ONCE, _FRAME_INTERVAL)


def of_handshakes() -> Allowance:
    """Return how many sockets a process takes, before they cost anything."""
    return Allowance(5 * settings.HANDSHAKES_PER_SECOND, interval(settings.HANDSHAKES_PER_SECOND))
