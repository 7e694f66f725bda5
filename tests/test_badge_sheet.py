"""The sheet of badges: what is printed can be read by a camera and by a child, whatever the name."""

import pypdfium2
import pytest
import zxingcpp

from sessions.animals import ANIMALS
from sessions.badge_sheet import Badge, draw

LINK = "https://reading.school.example/badge/{}/"


def badge(name: str = "Ada", number: int = 0, classroom: str = "Foxes") -> Badge:
    return Badge(
        name, ANIMALS[number % 12], classroom, ["apple", "boat", "star"], LINK.format(f"key-{number}")
    )


def printed(*badges: Badge) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(draw(badges))


def words(page: pypdfium2.PdfPage) -> list[str]:
    return page.get_textpage().get_text_range().split("\r\n")


def test_each_code_on_a_page_is_read_by_a_camera():
    (page,) = printed(*(badge(number=number) for number in range(8)))
    seen = zxingcpp.read_barcodes(page.render(scale=2).to_numpy())
    assert sorted(code.text for code in seen) == [LINK.format(f"key-{number}") for number in range(8)]


def test_eight_badges_fill_a_page_of_a4():
    sheet = printed(*(badge(number=number) for number in range(17)))
    assert [len(zxingcpp.read_barcodes(page.render(scale=2).to_numpy())) for page in sheet] == [8, 8, 1]
    assert {tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in sheet} == {(210, 297)}


@pytest.mark.parametrize("name", ["Ada", "Żółć", "Nguyễn Thị Ánh", "Оксана", "Ελένη", "O'Neil-Smith"])
def test_a_name_is_printed_as_it_is_written(name):
    (page,) = printed(badge(name))
    assert words(page) == [name, "Foxes"]


@pytest.mark.parametrize("name", ["أحمد", "小明", "अमित", "👍", "שרה"])
def test_a_name_in_letters_we_lack_gets_a_rule_to_write_on(name):
    (page,) = printed(badge(name))
    assert words(page) == ["Foxes"]
    assert len(zxingcpp.read_barcodes(page.render(scale=2).to_numpy())) == 1


def test_a_name_that_is_too_long_is_made_smaller_and_then_cut():
    (page,) = printed(badge("Maximiliane Elisabeth"), badge("Maximiliane-Elisabeth " * 3))
    assert words(page)[0] == "Maximiliane Elisabeth"
    assert words(page)[2].startswith("Maximiliane-Elis") and words(page)[2].endswith("…")


def test_an_animal_that_we_never_drew_is_an_owl():
    assert len(printed(badge()._replace(animal="unicorn"))) == 1


def test_a_class_without_children_is_a_page_that_says_so():
    (page,) = printed()
    assert words(page) == ["Nobody is in this class yet."]
