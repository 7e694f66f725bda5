"""The demo school: who can sign in where `DEMO=1`, and with what."""

from typing import NamedTuple


class Account(NamedTuple):
    """A grown-up's sign-in to the admin."""

    username: str
    password: str


SCHOOL = "Willow Tree School"
CLASSROOM = "The Foxes"
CLASS_CODE = "READER"
CHILDREN = {
    "Ada": "fox",
    "Ben": "bear",
    "Chidi": "hare",
    "Dana": "gull",
    "Elif": "owl",
    "Finn": "turtle",
}
PICTURES = ("apple", "boat", "star")  # the same for all of them, so that whoever looks around gets in
HEAD = Account("head", "apples-and-owls")  # of the school: sees all its classes
TEACHER = Account("teacher", "chalk-and-cheese")
ADMIN = Account("admin", "keys-and-lanterns")
