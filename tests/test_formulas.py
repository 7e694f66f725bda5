"""No cell of ours is a formula, and each comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.formulas import escaped, unescaped


@given(st.text(st.sampled_from("'=+-@\t\rab")))
def test_no_cell_is_a_formula_and_each_comes_back(cell):
    assert escaped(cell)[:1] not in set("=+-@\t\r")
    assert unescaped(escaped(cell)) == cell


def test_what_is_no_formula_stays_as_it_is():
    assert [escaped(cell) for cell in ("", "Ada", "'tis", "O'Brien")] == ["", "Ada", "'tis", "O'Brien"]
