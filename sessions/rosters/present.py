"""What a school has at one moment, as a roster is compared with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PresentClass:
    """A class there is; `teachers` are the ids of their accounts."""

    pk: int
    name: str
    sourced_id: str = ""
    teachers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PresentStudent:
    """A child there is."""

    pk: int
    class_pk: int
    name: str
    animal: str
    reading_band: str = ""
    sourced_id: str = ""


@dataclass(frozen=True)
class Present:
    """A school's classes, children and staff: account id to mail address in small letters, or empty."""

    school: str
    classes: tuple[PresentClass, ...] = ()
    students: tuple[PresentStudent, ...] = ()
    staff: Mapping[int, str] = field(default_factory=dict)
