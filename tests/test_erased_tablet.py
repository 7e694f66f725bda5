"""The tablet of a child who is erased while it reads: closed within seconds, and nothing lets it back in."""

import asyncio
import json
import re

import httpx
import websockets

from readerai import demo
from readerai.smoke.client import Line, Site, Unexpected
from sessions import protocol
from sessions.protocol import CloseCode
from tests.product import Product

MAKE = (
    "from sessions.models import Classroom, Student;"
    f"foxes = Classroom.objects.get(join_code='{demo.CLASS_CODE}');"
    f"print(Student.objects.create(classroom=foxes, name='Gone', pictures='{' '.join(demo.PICTURES)}').pk)"
)


async def open_book(site: Site) -> tuple[Line, str]:
    """Sign in and open a book as Gone; return the socket, restored, and its address."""
    faces = await site.submit(await site.page("/sign-in/"), code=demo.CLASS_CODE)
    (face,) = (each for each in faces.xpath("//button[@name='student']") if "Gone" in each.text_content())
    pictures = await site.submit(faces, student=face.get("value"))
    library = await site.submit(pictures, picture=demo.PICTURES)
    page = await site.page(library.xpath("//a[starts-with(@href, '/read/')]/@href")[0])
    address = json.loads(page.xpath("//script[@id='boot']/text()")[0])["socketUrl"]
    line = await site.connect(address, protocol.JSON)
    await line.say(protocol.Hello(protocol.HelloPayload()))
    await line.hear(protocol.SessionRestored)
    return line, address


async def closed_with(line: Line) -> int:
    """Wait for the end of a socket; return its close code."""
    try:
        while True:
            await asyncio.wait_for(line.hear(protocol.SessionRestored), 15)
    except Unexpected as error:
        assert isinstance(error.__context__, websockets.ConnectionClosed), error
        return error.__context__.rcvd.code


async def is_erased_while_reading(product: Product) -> None:
    number = re.search(r"\d+", product.manage("shell", "-v", "0", "-c", MAKE).stdout)[0]
    async with httpx.AsyncClient(base_url=product.url, timeout=30) as http:
        site = Site(product.url, http)
        line, address = await open_book(site)
        erased = await asyncio.to_thread(product.manage, "erase_student", number, "--yes")
        assert erased.returncode == 0, erased.stderr
        assert await closed_with(line) == CloseCode.UNAVAILABLE  # come back, and hear why
        again = await site.connect(address, protocol.JSON)
        await again.say(protocol.Hello(protocol.HelloPayload()))
        assert await closed_with(again) == CloseCode.NOT_FOUND
        answer = await http.get("/read/1/")
        assert answer.headers["Location"].startswith("/sign-in/")


def test_the_tablet_of_an_erased_child_stops_and_does_not_come_back(product):
    asyncio.run(is_erased_while_reading(product))
