"""Which children a teacher might go and see."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tutoring.review.stuck import Signs, reasons

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def signs(**changed) -> Signs:
    """Ada, who has just read and asked nothing."""
    return Signs(NOW - timedelta(minutes=1), None, [], True)._replace(**changed)


def test_a_child_who_reads_is_left_alone():
    assert reasons(signs(), NOW) == []


def test_a_child_who_never_began_is_named():
    assert reasons(signs(last_active=None), NOW) == ["has not read yet"]


def test_many_questions_about_one_place_are_a_sign_and_a_curious_child_is_not():
    assert reasons(signs(asked_at=[100, 131, 110, 700]), NOW) == ["asked 3 times about one place"]
    assert reasons(signs(asked_at=[0, 50, 100, 150, 200]), NOW) == []


def test_a_pause_is_a_sign_until_the_tablet_is_in_its_bag():
    for minutes, said in ((9, []), (12, ["has paused for 12 minutes"]), (121, [])):
        assert reasons(signs(paused_since=NOW - timedelta(minutes=minutes)), NOW) == said


def test_a_book_left_for_a_week_is_a_sign_and_a_finished_one_is_not():
    week = NOW - timedelta(days=8)
    assert reasons(signs(last_active=week), NOW) == ["has not read for 8 days"]
    assert reasons(signs(last_active=week, has_begun=False), NOW) == []


@given(st.lists(st.integers(0, 300)))
def test_the_order_of_questions_does_not_matter_and_more_of_them_never_hide_a_sign(places):
    assert reasons(signs(asked_at=places), NOW) == reasons(signs(asked_at=places[::-1]), NOW)
    if reasons(signs(asked_at=places[1:]), NOW):
        assert reasons(signs(asked_at=places), NOW)
