"""Cells of a table that a spreadsheet would take for formulas, and run. Pure."""

import re

# An apostrophe before it says that it is text; where it had apostrophes before, it gets one more.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def escaped(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """Return what `escaped` was given."""
    return cell[1:] if _ESCAPED.match(cell) else cell
