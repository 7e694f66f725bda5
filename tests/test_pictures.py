"""A child's three pictures: drawn by lot, drawn by us, and right only in their order."""

from pathlib import Path

from django.conf import settings

from sessions.pictures import LENGTH, PICTURES, are_right, new_pictures, picture_path

STATIC = Path(settings.BASE_DIR) / "static"


def test_there_is_a_small_picture_for_each_name_and_no_other():
    drawn = sorted(STATIC.glob("pictures/*.svg"))
    assert [path.stem for path in drawn] == list(PICTURES)
    assert all((STATIC / picture_path(name)).stat().st_size < 1_500 for name in PICTURES)


def test_a_secret_is_three_different_pictures_and_rarely_the_same_twice():
    secrets = [new_pictures().split() for _ in range(200)]
    assert all(len(set(secret)) == LENGTH and set(secret) <= set(PICTURES) for secret in secrets)
    assert len({tuple(secret) for secret in secrets}) > 150
    assert {name for secret in secrets for name in secret} == set(PICTURES)


def test_only_the_right_pictures_in_their_order_are_right():
    assert are_right(["apple", "boat", "star"], "apple boat star")
    for wrong in (["boat", "apple", "star"], ["apple", "boat"], ["apple", "boat", "star", "star"], [], ["é"]):
        assert not are_right(wrong, "apple boat star")
