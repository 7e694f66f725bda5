"""Pages: whole sentences, about as many as suit the level."""

from hypothesis import given
from hypothesis import strategies as st

from sessions import words
from sessions.paging import Chapter, paginate

SENTENCE = "The old owl looked down from her tree and said nothing."  # 11 words
TROUBLE = st.text(alphabet=st.sampled_from(list("ab.?!,—…« »“”'() \n\n\u200b今「」。😀")), max_size=300)


def story(sentences: int, a_paragraph: int = 4) -> str:
    paragraphs = [
        " ".join([SENTENCE] * min(a_paragraph, sentences - done)) for done in range(0, sentences, a_paragraph)
    ]
    return "\n\n".join(paragraphs)


@given(st.lists(TROUBLE, max_size=3), st.sampled_from([None, 1.0, 4.0, 8.0]))
def test_the_pages_words_are_the_books_words(texts, grade):
    chapters = [Chapter("", text) for text in texts]
    pages = paginate(chapters, grade)
    expected = [word.text for text in texts for word in words.split(text)]
    shown = [word.text for page in pages for word in words.split(page.text)]
    assert shown == expected
    count = 0
    for page in pages:
        assert page.first_word == count
        assert page.word_count == len(words.split(page.text)) > 0
        count += page.word_count


def test_pages_hold_whole_sentences_within_the_size_of_the_level():
    for grade, low, high in ((1.0, 30, 60), (4.0, 40, 80), (8.0, 50, 95), (None, 40, 80)):
        pages = paginate([Chapter("", story(101))], grade)
        assert all(page.text.startswith("The") and page.text.endswith("nothing.") for page in pages)
        assert all(low <= page.word_count <= high for page in pages), grade


def test_a_page_ends_with_its_paragraph_where_that_fits():
    pages = paginate([Chapter("", story(40, a_paragraph=5))], 4.0)
    assert [page.word_count for page in pages] == [55] * 8


def test_a_chapter_begins_a_page_and_the_words_count_on():
    pages = paginate([Chapter("One", SENTENCE), Chapter("Empty", " \n\n "), Chapter("Two", SENTENCE)], 1.0)
    assert [(page.chapter, page.first_word, page.word_count) for page in pages] == [
        ("One", 0, 11),
        ("Two", 11, 11),
    ]


def test_paragraphs_and_lines_of_verse_stay():
    verse = "Owl, owl, in the tree,\nwhat do you see?\n\nI see the sea."
    assert [page.text for page in paginate([Chapter("", verse)], 1.0)] == [verse]


def test_a_sentence_somewhat_too_long_stays_whole():
    long = " ".join(["and the owl flew on"] * 17) + "."  # 85 words on pages of at most 60
    assert [page.word_count for page in paginate([Chapter("", long)], 1.0)] == [85]


def test_a_sentence_far_too_long_is_cut_at_its_pauses():
    endless = " ".join(["and the owl flew on over the hill,"] * 60) + " home."
    pages = paginate([Chapter("", endless)], 1.0)
    assert all(25 <= page.word_count <= 90 for page in pages)
    assert all(page.text.endswith(",") for page in pages[:-1])


def test_a_sentence_without_any_pause_is_cut_too():
    assert all(page.word_count <= 90 for page in paginate([Chapter("", "owl " * 1000)], 1.0))


def test_very_long_words_take_the_room_of_several():
    pages = paginate([Chapter("", "Hoo" + "o" * 397 + ". " + SENTENCE + " Then " + "a" * 400 + ".")], 4.0)
    assert all(len(page.text) < 1_000 for page in pages)


def test_no_chapters_give_no_pages():
    assert paginate([], None) == []
