"""What is hard in a book: the sentences at which children asked."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.shelf import BookText, PageText
from tutoring.review.hard_places import Asked, by_page, hard_places

ONE, TWO = "The owl sat in the oak. She was sad, for the moon was gone.", "Then the fox came by."
BOOK = BookText(
    1, None, "The Owl", "", "en", {}, 18, (PageText(1, 1, "", ONE, 0, 13), PageText(2, 2, "", TWO, 13, 5))
)


def test_sentences_are_counted_by_question_and_by_child_the_hardest_first():
    asked = [Asked(7, 1, "Why sad?"), Asked(8, 2, "Who?"), Asked(12, 1, "Why sad?"), Asked(15, 1, "A fox?")]
    first, second = hard_places(BOOK, asked, 10)
    assert first == (1, "She was sad, for the moon was gone.", 3, 2, ["Why sad?", "Who?"])
    assert second == (2, TWO, 1, 1, ["A fox?"])
    assert by_page(BOOK, asked) == [3, 1]


@given(st.lists(st.builds(Asked, st.integers(0, 40), st.integers(1, 3), st.text(max_size=3))))
def test_every_question_is_counted_once_even_beyond_the_end(asked):
    assert sum(place.questions for place in hard_places(BOOK, asked, 99)) == len(asked)
    assert sum(by_page(BOOK, asked)) == len(asked)


def test_a_book_without_pages_has_no_hard_places():
    empty = BookText(1, None, "Empty", "", "en", {}, 0, ())
    assert hard_places(empty, [Asked(0, 1, "?")], 5) == []
