"""The stories we ship: complete, at their level, with covers that are safe and coherent."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings

from sessions import level, words

FOLDER = Path(settings.BASE_DIR) / "sessions/library"
STORIES = sorted(FOLDER.glob("*.md"))
# The lengths, in words, that suit a child at each level.
LENGTHS = {level.FIRST_STEPS: (150, 260), level.GROWING: (350, 500), level.CONFIDENT: (650, 950)}


def read(story: Path) -> tuple[dict[str, str], dict[str, str], str]:
    """Return the fields, the glossary and the text without its headings."""
    _, head, text = story.read_text().split("---\n", 2)
    fields, glossary = head.split("glossary:\n")
    pairs = dict(line.split(": ", 1) for line in fields.splitlines())
    meanings = dict(line.strip().split(": ", 1) for line in glossary.splitlines())
    return pairs, meanings, re.sub(r"^## .*$", "", text, flags=re.M).strip()


def test_there_are_two_stories_at_each_level():
    bands = [level.band(level.grade(read(story)[2])) for story in STORIES]
    assert {band: bands.count(band) for band in LENGTHS} == dict.fromkeys(LENGTHS, 2)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_a_story_is_complete_and_as_long_as_its_level_bears(story):
    fields, _, text = read(story)
    assert fields.keys() == {"title", "author", "language", "licence", "summary"}
    assert (fields["author"], fields["licence"]) == ("ReaderAI", "CC BY 4.0")
    shortest, longest = LENGTHS[level.band(level.grade(text))]
    assert shortest <= len(words.split(text)) <= longest


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_every_word_explained_is_in_the_story(story):
    _, glossary, text = read(story)
    assert 6 <= len(glossary) <= 12
    missing = [word for word in glossary if not re.search(rf"\b{word}", text, re.I)]
    assert missing == []
    assert all(meaning.endswith((".", ")")) for meaning in glossary.values())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_straight_quotes_do_not_mix_with_curly_ones(story):
    assert not re.search(r"[\"']", read(story)[2])


@pytest.mark.parametrize(
    "cover", [story.with_suffix(".svg") for story in STORIES], ids=lambda cover: cover.stem
)
def test_a_cover_is_a_portrait_that_needs_nothing_and_runs_nothing(cover):
    root = ElementTree.parse(cover).getroot()
    assert root.get("viewBox") == "0 0 600 800"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "image", "use", "foreignObject", "style", "text", "a"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or name.endswith("href")]
    assert cover.stat().st_size < 40_000


def test_no_two_covers_share_an_id():
    ids = [
        found
        for story in STORIES
        for found in re.findall(r'id="([^"]+)"', story.with_suffix(".svg").read_text())
    ]
    assert len(ids) == len(set(ids))
