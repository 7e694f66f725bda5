"""The protocol: its page is true, and its codes mean what the client takes them for."""

from pathlib import Path

from sessions import protocol
from sessions.protocol import CloseCode
from sessions.protocol_page import render


def test_the_protocol_page_says_what_the_types_say():
    page = Path(__file__).parent.parent / "docs" / "protocol.md"
    assert page.read_text() == render(), "run `manage.py protocol_page`"


def test_every_message_type_is_on_the_page():
    page = render()
    for name in ("HELLO", "SESSION_RESTORED", "STUDENT_QUESTION", "ANSWER_SENTENCE", "SERVER_DRAINING"):
        assert f"### `{name}`" in page


def test_a_child_who_was_refused_stays_away_and_one_who_was_unlucky_comes_back():
    assert CloseCode.OPENED_ELSEWHERE.final
    assert CloseCode.NOT_SIGNED_IN.final
    assert not CloseCode.UNAVAILABLE.final
    assert not CloseCode.RESTART.final


def test_both_subprotocols_are_offered_and_messagepack_is_preferred():
    assert protocol.SUBPROTOCOLS == ("readerai.v1.msgpack", "readerai.v1.json")
