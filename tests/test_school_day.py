"""The curve of a school day, and what is said of the room that is left."""

import pytest

from readerai import school_day
from readerai.env import BadSetting

CURVE = school_day.read("SCHOOL_DAY", "8=5000,10=3000,12.5=1000")


def test_between_two_hours_as_many_are_expected_as_the_line_between_them_says():
    assert [school_day.expected(CURVE, 60 * hour) for hour in (6, 7, 8, 9, 10)] == [0, 0, 5000, 4000, 3000]
    assert school_day.expected(CURVE, 750) == 1000
    assert school_day.expected(CURVE, 780) == 500  # an hour after the last, nobody reads
    assert school_day.expected(CURVE, 1200) == 0


@pytest.mark.parametrize("text", ["", "8", "8=many", "8=1,8=2", "0=5", "23.5=5"])
def test_a_curve_that_cannot_be_used_is_refused(text):
    with pytest.raises(BadSetting, match="SCHOOL_DAY"):
        school_day.read("SCHOOL_DAY", text)


def test_a_chart_has_the_most_of_each_step_and_a_gap_where_nobody_counted():
    minutes = school_day.hours_shown(CURVE)
    steps = school_day.in_steps({420: 3, 430: 9, 435: 1}, minutes)
    assert (minutes[0], minutes[-1]) == (420, 810)
    assert steps[:3] == [9, 1, None]


@pytest.mark.parametrize(
    ("room", "servers", "said"),
    [
        (3400, 2, "Room for 3,400 more children."),
        (1, 1, "Room for 1 more child."),
        (0, 1, "No room left: start another web process."),
        (0, 0, "No server has told of itself yet."),
    ],
)
def test_the_room_that_is_left_is_told_in_words(room, servers, said):
    assert school_day.headroom(room, servers) == said
