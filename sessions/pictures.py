"""The pictures of a child's secret: three of them in order, static/pictures/NAME.svg."""

import secrets
from collections.abc import Sequence

PICTURES = (
    "apple",
    "boat",
    "cup",
    "drum",
    "flower",
    "house",
    "key",
    "kite",
    "moon",
    "star",
    "tree",
    "umbrella",
)
LENGTH = 3  # 12 x 11 x 10 = 1,320 secrets: enough behind sessions/throttle.py, and a child remembers them


def new_pictures() -> str:
    """Return three pictures drawn by lot, none twice: a tap that came twice is then no second picture."""
    return " ".join(secrets.SystemRandom().sample(PICTURES, LENGTH))


def picture_path(name: str) -> str:
    """Return the static file's path of a picture."""
    return f"pictures/{name}.svg"


def are_right(picked: Sequence[str], secret: str) -> bool:
    """Tell whether these are the pictures of the secret, in its order."""
    return secrets.compare_digest(" ".join(picked).encode(), secret.encode())
