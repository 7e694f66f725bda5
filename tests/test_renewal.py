"""New badges and pictures: the old ones open nothing, and who came in with them is signed out."""

from django.urls import reverse

from sessions import throttle, tickets
from sessions.renewal import renew_badges, renew_pictures
from tests.setting_up import flush_redis
from tests.sockets import cookie_for


def secrets(student) -> tuple[str, str, int]:
    student.refresh_from_db()
    return student.badge_key, student.pictures, student.ticket_version


def test_a_new_badge_leaves_the_pictures_and_the_other_children_alone(ada, ben):
    (key, pictures, version), of_ben = secrets(ada), secrets(ben)
    assert renew_badges([ada]) == 1
    now = secrets(ada)
    assert now[0] != key and now[1:] == (pictures, version + 1)
    assert secrets(ben) == of_ben


def test_new_pictures_leave_the_badge_alone_and_end_the_pause(ada, ben):
    flush_redis()
    before = [secrets(student) for student in (ada, ben)]
    tries = throttle.Tries(throttle.STUDENT, ada.pk)
    for _ in range(throttle.STUDENT.free):
        throttle.take(tries)
    assert throttle.take(tries)
    assert renew_pictures([ada, ben]) == 2
    now = [secrets(student) for student in (ada, ben)]
    assert [key for key, _, _ in now] == [key for key, _, _ in before]
    assert now[0][1:] != before[0][1:]
    assert throttle.take(tries) == 0


def test_who_came_in_before_is_signed_out_at_the_next_page(client, ada):
    client.cookies[tickets.COOKIE] = cookie_for(ada).partition("=")[2]
    assert client.get(reverse("library")).status_code == 200
    renew_badges([ada])
    answer = client.get(reverse("library"))
    assert (answer.status_code, answer.url) == (302, reverse("sign-in"))
    assert answer.cookies[tickets.COOKIE].value == ""


def test_nobody_is_renewed_where_nobody_is_there(db):
    assert (renew_badges([]), renew_pictures([])) == (0, 0)
