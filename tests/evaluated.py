"""A small story of ours in FairytaleQA's form, and questions about it."""

from collections.abc import Iterable
from pathlib import Path

QUESTION_HEADER = "question,cor_section,attribute1,ex-or-im1,answer1,answer4"
SECTIONS = (
    '1,"Tiva was a young fox who lived under the old mill. Every evening she carried her lantern."',
    '2,"Orrin the heron stood on a stone and shivered because the wind was cold. The herons laughed."',
    '3,"Tiva brought him three warm blankets. Then a silver boat carried them all to the sea."',
)
QUESTIONS = (
    "Where did Tiva live?,1,setting,explicit,under the old mill,beneath a mill",
    "Why did Orrin shiver?,2,causal relationship,explicit,the wind was cold,It was cold.",
    "How did Orrin feel when the herons laughed?,2,feeling,implicit,ashamed,sad",
    "What carried them to the sea?,3,action,explicit,a silver boat,the silver boat",
)


def write(
    folder: Path,
    *,
    name: str = "tiva",
    sections: Iterable[str] = SECTIONS,
    questions: Iterable[str] = QUESTIONS,
    header: str = QUESTION_HEADER,
    encoding: str = "utf-8",
) -> Path:
    """Write a story and its questions, as rows of their files; return the folder."""
    for place, rows in (("story", ("section,text", *sections)), ("questions", (header, *questions))):
        path = folder / ("stories" if place == "story" else place) / f"{name}-{place}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes("\n".join(rows).encode(encoding))
    return folder
