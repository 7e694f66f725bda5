"""The matrix of who may see what: one row for each address of the product.

A row says what each of nine people gets who asks for something of Ada's: the child of Ms Rivera's Foxes at
Willow School. `CHILDREN` and `GROWN_UPS` are the columns, one letter each:

    y  sees it          e  the page opens, without anything of Ada's
    -  is refused       s  is asked to sign in          o  opens, and is nobody's
"""

from collections.abc import Callable
from typing import Any, NamedTuple

CHILDREN = ["ada", "ben", "dana"]  # herself, of her class, of another school
GROWN_UPS = [
    "rivera",
    "okafor",
    "adeyemi",
    "solheim",
    "noor",
]  # her teacher, another's, the heads, an operator
EVERYBODY = [*CHILDREN, *GROWN_UPS, "nobody"]


class Row(NamedTuple):
    """An address, and what each of EVERYBODY gets from it."""

    name: str
    outcomes: str
    arguments: Callable[[Any], list[Any]] = lambda world: []
    query: Callable[[Any], dict[str, Any]] = lambda world: {}

    def of(self, name: str) -> str:
        """Return what somebody gets."""
        return self.outcomes[EVERYBODY.index(name)]


def for_children(name: str, outcomes: str, arguments: Callable[[Any], list[Any]] = lambda world: []) -> Row:
    """Return a row of a page that grown-ups, and who is not signed in, are asked to sign in for."""
    return Row(name, outcomes + "s" * len(GROWN_UPS) + "s", arguments)


def for_grown_ups(name: str, outcomes: str, *more: Any) -> Row:
    """Return a row of a page of the admin: children are asked to sign in."""
    return Row(name, "s" * len(CHILDREN) + outcomes + "s", *more)


def of_model(model: str, thing: str, **outcomes: str) -> list[Row]:
    """Return the rows of the pages that the admin makes of a model, about `world.thing`."""

    def its(world: Any) -> list[Any]:
        return [getattr(world, thing).pk]

    rows = [for_grown_ups(f"admin:{model}_changelist", outcomes["list"])]
    rows.append(for_grown_ups(f"admin:{model}_add", outcomes["add"]))
    for page in ("change", "delete"):
        rows.append(for_grown_ups(f"admin:{model}_{page}", outcomes[page], its))
    rows.append(for_grown_ups(f"admin:{model}_history", outcomes.get("history", outcomes["change"]), its))
    return rows


# What reaches a class or a child at once, by POST: her own teacher and head may do it, nobody else.
STEERING = {
    "end-reading": lambda world: [world.session.pk],
    "pause-class": lambda world: [world.foxes.pk],
    "let-class-go-on": lambda world: [world.foxes.pk],
    "say-to-class": lambda world: [world.foxes.pk],
}
MAY_STEER = {"rivera", "adeyemi"}

ROWS = [
    # --- What children use -----------------------------------------------------------------
    for_children("library", "yye"),
    Row("sign-in", "ooooooooo"),
    Row("sign-out", "---------"),  # by POST only
    Row("badge", "yyyyyyyyy", lambda world: [world.ada.badge_key]),  # who holds it may sign in as Ada
    for_children("read", "yy-", lambda world: [world.book.pk]),
    for_children("book-page", "yy-", lambda world: [world.book.pk, 1]),
    for_children("cover", "yy-", lambda world: [world.book.pk, world.fingerprint]),
    for_children("narration", "yy-", lambda world: [world.book.pk, 1]),
    for_children("thinking", "yy-", lambda world: [world.book.pk]),
    for_children("word-help", "yy-", lambda world: [world.book.pk, 1]),
    for_children("prompt", "yy-", lambda world: [world.book.pk, 1]),
    for_children("my-questions", "yee"),
    for_children("my-questions-of", "y--", lambda world: [world.session.pk]),
    # The name is the hash of the sound: whoever has it has heard it, and a CDN may keep it.
    Row("narration-audio", "yyyyyyyyy", lambda world: [world.audio]),
    Row("answer-audio", "yyyyyyyyy", lambda world: [world.said]),
    # --- The admin, whatever is in it ---------------------------------------------------------
    Row("admin:login", "ooo-----o"),
    Row("admin:logout", "---------"),  # by POST only
    for_grown_ups("admin:password_change", "ooooo"),
    for_grown_ups("admin:password_change_done", "ooooo"),
    for_grown_ups("admin:jsi18n", "ooooo"),
    for_grown_ups("admin:index", "yeyee"),
    for_grown_ups("admin:search", "eeeee", lambda world: [], lambda world: {"s": "Quillby"}),
    for_grown_ups(
        "admin:autocomplete", "yeye-", lambda world: [],
        lambda world: {"app_label": "reading", "model_name": "student", "field_name": "classroom",
                       "term": "Foxes"},
    ),
    for_grown_ups("admin:view_on_site", "-----", lambda world: [world.content_type.pk, world.ada.pk]),
    for_grown_ups("admin:app_list", "ooooo", lambda world: ["reading"]),
    # --- The pages of each model ---------------------------------------------------------------
    *of_model("reading_school", "willow", list="yyyey", add="-----", change="yyy-y", delete="-----"),
    *of_model("reading_classroom", "foxes", list="yeye-", add="oooo-", change="y-y--", delete="--y--"),
    *of_model("reading_student", "ada", list="yeye-", add="oooo-", change="y-y--", delete="--y--"),
    *of_model("reading_book", "book", list="yyyey", add="--oo-", change="yyy-y", delete="--y--"),
    *of_model("reading_readingsession", "session", list="yeye-", add="-----", change="y-y--", delete="-----"),
    *of_model("tutoring_question", "question", list="yeye-", add="-----", change="y-y--", delete="-----"),
    *of_model("tutoring_flag", "flag", list="yeye-", add="-----", change="y-y--", delete="-----"),
    *of_model("tutoring_cachedanswer", "kept", list="--ye-", add="-----", change="--y--", delete="--y--"),
    *of_model("auth_user", "teacher", list="--ye-", add="--oo-", change="--y--", delete="--y--"),
    *of_model("reading_auditentry", "entry", list="--yey", add="-----", change="--y-y", delete="-----"),
    for_grown_ups("admin:reading_student_export_child", "--y--", lambda world: [world.ada.pk]),
    for_grown_ups("admin:reading_student_erase_child", "--y--", lambda world: [world.ada.pk]),
    *of_model(
        "axes_accessattempt", "attempt", list="--ye-", add="-----", change="--y--", delete="--y--"
    ),
    *of_model("auth_group", "group", list="-----", add="-----", change="-----", delete="-----"),
    for_grown_ups("admin:auth_user_password_change", "--y--", lambda world: [world.teacher.pk]),
    # --- Rosters, and the school's own sign-in, which is not configured ----------------------------
    for_grown_ups("admin:reading_classroom_open_roster", "--ee-"),
    for_grown_ups("admin:reading_school_open_roster", "--e--", lambda world: [world.willow.pk]),
    for_grown_ups("admin:reading_school_roster", "--y--", lambda world: [world.willow.pk]),
    for_grown_ups("admin:reading_school_roster_template", "--o--", lambda world: [world.willow.pk]),
    for_grown_ups("admin:reading_school_roster_export", "--y--", lambda world: [world.willow.pk, "csv"]),
    for_grown_ups("admin:reading_school_roster_preview", "--e--", lambda world: [world.willow.pk, "none"]),
    Row("staff-sign-in", "---------"),
    Row("staff-sign-in-back", "---------"),
    # --- Looking back ---------------------------------------------------------------------------
    for_grown_ups("class-page", "y-y--", lambda world: [world.foxes.pk]),
    for_grown_ups("reading-times", "yeye-"),
    # --- Right now ------------------------------------------------------------------------------
    for_grown_ups("live-sessions", "yeyey"),  # an operator sees classes, and no name
    for_grown_ups("follow-reading", "y-y-o", lambda world: [world.session.pk]),
    for_grown_ups("capacity", "--ooo"),
    *(Row(name, "---------", arguments) for name, arguments in STEERING.items()),  # by POST only
    for_grown_ups("hard-places", "yey--", lambda world: [world.book.pk]),
    for_grown_ups("simulated-day", "--ooo"),
]  # fmt: skip
