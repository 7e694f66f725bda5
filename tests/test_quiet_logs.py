"""A child's whole way through the product, with all that can go wrong, and no log line or metric tells of it.

The product runs at LOG_LEVEL=DEBUG, so that this holds at any.
"""

import asyncio
import json
import urllib.request
import uuid
from urllib.parse import urlsplit

import httpx
import pytest
import websockets

from readerai import demo
from readerai.smoke.client import Site
from sessions import protocol
from tests.product import Product
from tests.scripted_llm import Fault, Reply

NAME = "Zebulonia"
ASKED = "Why is the marmalade so quibbly?"
TOLD = "It is a very snorkelly day."
OF_THE_CHILD = ("zebulonia", "marmalade", "quibbly", "snorkelly")
# What a provider's refusal, or a broken stream, says of it.
SCRIPT = [
    Reply(TOLD),
    Reply(status=500, error=f"cannot say {ASKED}"),
    Reply(status=400, error=f"{NAME} asked {ASKED}"),
    Reply(TOLD, fault=Fault.MALFORMED),
    Reply(TOLD, fault=Fault.ERROR),
    Reply(TOLD, fault=Fault.DROP),
]

WHAT_COMES = (
    protocol.InterruptionAcknowledged,
    protocol.AnswerSentence,
    protocol.AnswerComplete,
    protocol.AnswerFailed,
)


@pytest.fixture
def zebulonia(product) -> Product:
    """The product, with a child of a name like no other's."""
    make = (
        "from sessions.models import Classroom, Student;"
        f"foxes = Classroom.objects.get(join_code='{demo.CLASS_CODE}');"
        f"Student.objects.get_or_create(classroom=foxes, name='{NAME}', pictures='{' '.join(demo.PICTURES)}')"
    )
    made = product.manage("shell", "-v", "0", "-c", make)
    assert made.returncode == 0, made.stderr
    twice = product.manage("shell", "-v", "0", "-c", make.replace("get_or_create", "create"))
    assert twice.returncode != 0, "two children of a class cannot have one name"
    return product


async def reads_and_asks(product: Product, http: httpx.AsyncClient) -> None:
    """The child's way: signs in, opens a book, asks as often as the script has answers, and sends rubbish."""
    site = Site(product.url, http)
    faces = await site.submit(await site.page("/sign-in/"), code=demo.CLASS_CODE)
    (face,) = (each for each in faces.xpath("//button[@name='student']") if NAME in each.text_content())
    pictures = await site.submit(faces, student=face.get("value"))
    library = await site.submit(pictures, picture=demo.PICTURES)
    page = await site.page(library.xpath("//a[starts-with(@href, '/read/')]/@href")[0])
    boot = json.loads(page.xpath("//script[@id='boot']/text()")[0])
    line = await site.connect(boot["socketUrl"], protocol.JSON)
    await line.say(protocol.Hello(protocol.HelloPayload()))
    await line.hear(protocol.SessionRestored)
    for reply in SCRIPT:
        product.llm.script(reply)
        await _answer_to(line, ASKED)
    await _until_the_model_is_well(product, line)
    await line.cut()
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in http.cookies.jar)
    async with websockets.connect(
        f"ws://{urlsplit(product.url).netloc}{boot['socketUrl']}",
        subprotocols=[protocol.JSON],
        origin=product.url,
        additional_headers={"Cookie": cookies},
    ) as socket:
        for rubbish in (ASKED, json.dumps({"type": ASKED}), json.dumps({"type": "HELLO", "payload": ASKED})):
            await socket.send(rubbish)
            await socket.recv()


async def _answer_to(line, question: str) -> protocol.AnswerComplete | protocol.AnswerFailed:
    place = protocol.Position(9, 0)
    await line.say(protocol.StudentQuestion(protocol.AskedQuestion(str(uuid.uuid4()), question, place)))
    while not isinstance(
        message := await line.hear(*WHAT_COMES), protocol.AnswerComplete | protocol.AnswerFailed
    ):
        pass
    return message


async def _until_the_model_is_well(product: Product, line) -> None:
    """The tests after this one share the product, and a model that has failed rests for a while."""
    product.llm.forget_script()
    for number in range(20):
        question = f"{ASKED} And {number}?"
        product.llm.script_for(question, Reply(TOLD))
        ended = await _answer_to(line, question)
        if isinstance(ended, protocol.AnswerComplete) and ended.payload.source == "model":
            return
        await asyncio.sleep(1)
    raise AssertionError("the model was not asked again")


async def grown_ups_look(product: Product, http: httpx.AsyncClient) -> None:
    """A teacher signs in, searches for the child and looks; others type and guess what they should not."""
    site = Site(product.url, http)
    login = await site.page("/admin/")
    await site.submit(login, username=NAME, password=ASKED)
    await site.submit(login, username=demo.TEACHER.username, password=demo.TEACHER.password)
    found = await http.get("/admin/reading/student/", params={"q": NAME})
    assert NAME in found.text
    for path in (f"/admin/tutoring/question/?q={ASKED}", f"/nowhere/?name={NAME}", "/questions/"):
        await http.get(path)
    await http.post("/sign-in/", data={"code": NAME, "student": NAME})
    assert (await http.get(f"/admin/reading/student/?{NAME}__exact={NAME}")).status_code == 302


async def goes_the_whole_way(product: Product) -> None:
    for part in (reads_and_asks, grown_ups_look):
        async with httpx.AsyncClient(base_url=product.url, timeout=60) as http:
            await part(product, http)


def test_no_log_line_and_no_metric_holds_a_childs_name_question_or_answer(zebulonia):
    asyncio.run(goes_the_whole_way(zebulonia))
    logs = {log.name: log.read_text(errors="replace") for log in zebulonia.var.glob("*.log")}
    logs["the processes"] = zebulonia.output()
    for address in (f"{zebulonia.url}/metrics", zebulonia.worker_metrics):
        with urllib.request.urlopen(address, timeout=10) as page:
            logs[address] = page.read().decode()
    assert "TutorUnavailable" in logs["the processes"], "what went wrong is there"
    assert "duplicate key value" in logs["postgres.log"]
    assert "answers_total" in logs[zebulonia.worker_metrics]
    told = {
        (name, line)
        for name, log in logs.items()
        for line in log.splitlines()
        if any(word in line.casefold() for word in OF_THE_CHILD)
    }
    assert told == set()
