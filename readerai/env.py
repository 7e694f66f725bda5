"""Typed readers for environment variables: a bad value stops the start with one line that mends it.

Where a variable is not set, its `NAME_FILE` twin may name a file that holds it (for
secrets), and last `var/services.env`, which `make run` writes while it serves, so that
`manage.py` commands find the same database and Redis.
"""

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from sessions import redis_url

Number = TypeVar("Number", int, float)

PROJECT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("READERAI_VAR", PROJECT / "var")).resolve()
SERVICES_FILE = VAR / "services.env"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SECRET_CHARACTERS, SECRET_DIFFERENT = 32, 8


class BadSetting(Exception):
    """A setting is missing or cannot be used; the message says which, why and how to mend it."""


def _services() -> dict[str, str]:
    try:
        lines = SERVICES_FILE.read_text().splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name: value for name, equals, value in pairs if equals}


def text(name: str, default: str | None = None, *, needed: str = "") -> str:
    """Return the variable's text; where it is missing and has no default, `needed` says how to mend it."""
    value = os.environ.get(name, "")
    if not value and (file := os.environ.get(f"{name}_FILE")):
        try:
            value = Path(file).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE: cannot read {file!r}: {error.strerror}") from error
    if not value:
        value = _services().get(name, "")
    if value:
        return value
    if default is None:
        raise BadSetting(f"{name} is not set. {needed}".rstrip())
    return default


def secret(name: str, development: str | None, *, needed: str) -> str:
    """Return a secret that nobody can guess; with a `development` default any other will do, too.

    `needed` says how to mend a secret that is missing or too weak; the secret itself is never repeated.
    """
    value = text(name, development, needed=needed)
    if development is None and (len(value) < SECRET_CHARACTERS or len(set(value)) < SECRET_DIFFERENT):
        raise BadSetting(f"{name} can be guessed: it is too short, or always the same. {needed}")
    return value


def flag(name: str, default: bool) -> bool:
    """Return a yes/no variable: 1, true, yes, on or 0, false, no, off."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name}={value!r} is not a yes or no: write 1 or 0")


def number(name: str, default: int, *, low: int, high: int) -> int:
    """Return a whole number between `low` and `high`, both included."""
    value = text(name, str(default))
    try:
        result = int(value)
    except ValueError:
        raise BadSetting(f"{name}={value!r} is not a whole number ({low} to {high})") from None
    return _within(name, result, low, high)


def decimal(name: str, default: float, *, low: float, high: float) -> float:
    """Return a number between `low` and `high`, both included."""
    value = text(name, str(default))
    try:
        result = float(value)
    except ValueError:
        raise BadSetting(f"{name}={value!r} is not a number ({low} to {high}), for example 0.15") from None
    return _within(name, result, low, high)


def _within(name: str, value: Number, low: Number, high: Number) -> Number:
    if not low <= value <= high:
        raise BadSetting(f"{name}={value} is outside {low} to {high}")
    return value


def choice(name: str, default: str, choices: Collection[str]) -> str:
    """Return one of `choices`, however its letters are written."""
    value = text(name, default)
    for known in choices:
        if known.lower() == value.lower():
            return known
    examples = ", ".join(sorted(choices)[:6])
    raise BadSetting(f"{name}={value!r} is not known; write for example one of {examples}")


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """Return a comma-separated list without blanks."""
    return [item.strip() for item in text(name, ",".join(default)).split(",") if item.strip()]


def url(
    name: str,
    default: str | None = None,
    *,
    schemes: Sequence[str],
    needed: str = "",
    without_host: Sequence[str] = (),
) -> str:
    """Return a URL whose scheme is one of `schemes`; an empty default means "not configured".

    Those of the schemes that are `without_host` may stand alone: sqs://.
    """
    value = text(name, default, needed=needed)
    if not value:
        return value
    scheme = value.partition("://")[0]
    if scheme in schemes and scheme in (*redis_url.CLUSTER_SCHEMES, *redis_url.SENTINEL_SCHEMES):
        try:
            redis_url.parse(value)
        except ValueError as error:
            raise BadSetting(f"{name} {error}") from None
        return value
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise BadSetting(f"{name} is not a URL: {error}. Expected {schemes[0]}://host:port/...") from None
    if parts.scheme not in schemes:
        raise BadSetting(f"{name} must begin with {' or '.join(f'{s}://' for s in schemes)}")
    if not parts.netloc and not parts.path.strip("/") and parts.scheme not in without_host:
        raise BadSetting(f"{name} names no host. Expected {schemes[0]}://host:port/...")
    return value


def needs(name: str, *others: str) -> None:
    """Refuse a variable that is set where another, without which it means nothing, is not."""
    for other in others:
        if text(name, "") and not text(other, ""):
            raise BadSetting(f"{name} is set and {other} is not: set both, or neither")


def needs_encryption(name: str, value: str) -> None:
    """Refuse a URL that leads to another machine over plain HTTP."""
    parts = urlsplit(value)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise BadSetting(f"{name} must begin with https://: over plain HTTP anybody on the way could answer")
