"""The scripted child arrives: from signing in to the sound of a book's first page, over HTTP."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise

from readerai import demo
from readerai.smoke.checks import check_length, check_times
from readerai.smoke.client import Site, Unexpected, expect
from sessions import protocol


@dataclass(frozen=True)
class Child:
    """Who reads: a class code, a name in that class (empty: the first), a book's title (empty: the first).

    The pictures are the child's secret, for a class that asks for it.
    """

    code: str = demo.CLASS_CODE
    name: str = ""
    pictures: tuple[str, ...] = demo.PICTURES
    book: str = ""


class Arrival:
    """What a browser fetches before the conversation begins: `boot` and `book` are the reader page's."""

    def __init__(self, site: Site, child: Child) -> None:
        self._site = site
        self._child = child

    def steps(self) -> list[tuple[str, Callable[[], Awaitable[str]]]]:
        """Return the steps in order, each a name and what to await for its detail."""
        return [
            ("ready", self.ready),
            ("sign in", self.sign_in),
            ("open a book", self.open_book),
            ("read a page", self.read_page),
            ("narration", self.narration),
            ("audio", self.audio),
        ]

    async def ready(self) -> str:
        """The server says of itself that children can be sent to it."""
        await self._site.data("/readyz")
        return "as it says itself"

    async def sign_in(self) -> str:
        """With the class code, then as one child of the class, with its pictures where they are wanted."""
        welcome = await self._site.page("/sign-in/")
        faces = await self._site.submit(welcome, code=self._child.code)
        children = {
            " ".join(face.text_content().split()): face.get("value")
            for face in faces.xpath("//button[@name='student']")
        }
        expect(bool(children), f"children of class {self._child.code}", "none: is the code right?")
        name = self._child.name or next(iter(children))
        expect(name in children, f"a child called {name}", ", ".join(children))
        inside = await self._site.submit(faces, student=children[name])
        if inside.xpath("//button[@name='picture']"):
            inside = await self._site.submit(inside, picture=self._child.pictures)
        self._library = inside
        return f"as a child of class {self._child.code}, one of {len(children)}"

    async def open_book(self) -> str:
        """From the library to the reader page, which carries all that the reader needs to begin."""
        links = {
            " ".join(link.text_content().split()): link.get("href")
            for link in self._library.xpath("//a[starts-with(@href, '/read/')]")
        }
        expect(bool(links), "books in the library", "none: was the library imported?")
        chosen = next(
            (path for text, path in links.items() if self._child.book.lower() in text.lower()), None
        )
        if chosen is None:
            raise Unexpected(f"a book called {self._child.book}", f"{len(links)} others")
        reader = await self._site.page(chosen)
        scripts = reader.xpath("//script[@id='boot']/text()")
        expect(
            len(scripts) == 1,
            f"the boot data on {chosen}",
            f"{len(scripts)} of them: was the child signed in?",
        )
        self.boot = json.loads(scripts[0])
        self.book = self.boot["book"]
        first_words = self.boot["pageFirstWords"]
        expect(
            len(first_words) == self.book["pageCount"], f"{self.book['pageCount']} pages", len(first_words)
        )
        ascending = first_words[0] == 0 and all(
            a < b for a, b in pairwise([*first_words, self.book["wordCount"]])
        )
        expect(ascending, "the pages' first words in order from 0", first_words)
        return f"“{self.book['title']}”, {self.book['wordCount']} words on {len(first_words)} pages"

    async def read_page(self) -> str:
        """The first page: its words are those that the book counts."""
        page = await self._site.data(f"{self.boot['pagesUrl']}1/")
        words = [word for paragraph in page["paragraphs"] for word, _ in paragraph]
        end = [*self.boot["pageFirstWords"], self.book["wordCount"]][1]
        expect(page["firstWord"] == 0, "the first page to begin with word 0", page["firstWord"])
        expect(len(words) == end, f"{end} words on the first page", len(words))
        sentences = page["sentences"]
        in_order = sentences[:1] == [0] and all(a < b for a, b in pairwise([*sentences, end]))
        expect(in_order, "sentences that begin in order on the page", sentences)
        self.words = words
        self._narration_url = page["narrationUrl"]
        return f"{len(words)} words, {len(sentences)} sentences"

    async def narration(self) -> str:
        """A time for every word of the page."""
        self._narration = await self._site.data(self._narration_url)
        check_times(self._narration["wordTimes"], len(self.words), self._narration["durationMs"])
        return f"{len(self.words)} word times in {self._narration['durationMs']} ms of audio"

    async def audio(self) -> str:
        """The sound itself, as long as it was said to be."""
        path = self._narration["audioUrl"]
        return check_length(await self._site.audio_ms(path), self._narration["durationMs"])

    def position(self, word: int) -> protocol.Position:
        """Return the place of a word of the first page, at the time at which it is spoken."""
        return protocol.Position(word, self._narration["wordTimes"][word][0])
