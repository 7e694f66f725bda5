"""The smoke test: a child's whole session against the running product, and what it says when one breaks."""

import io
import json
from argparse import ArgumentParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from readerai.smoke import command
from readerai.smoke.checks import check_length, check_times
from readerai.smoke.client import Unexpected


def smoke(*arguments: str) -> tuple[bool, str]:
    parser = ArgumentParser()
    command.add_arguments(parser, default_url="http://127.0.0.1:1")
    output = io.StringIO()
    return command.run(parser.parse_args(arguments), output), output.getvalue()


@pytest.mark.parametrize(("wire", "child"), [("json", "Ada"), ("msgpack", "Ben")])
def test_a_whole_session_holds_against_the_running_product(product, wire, child):
    done = product.manage("smoke", "--json", "--wire", wire, "--child", child)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert result["ok"] is True
    assert result["url"] == product.url
    assert [step["name"] for step in result["steps"]][-1] == "finish"
    assert all(step["ms"] >= 0 for step in result["steps"])


def test_a_second_journey_of_the_same_child_holds_too(product):
    for _ in range(2):
        held, output = smoke("--url", product.url, "--child", "Finn")
        assert held, output


def test_a_wrong_class_code_is_told_with_what_was_expected_and_what_came(product):
    held, output = smoke("--url", product.url, "--code", "ZZZZZZ")
    assert not held
    assert "✗ sign in" in output
    assert "expected" in output
    assert "came" in output


def test_an_unknown_child_is_told_with_the_children_there_are(product):
    held, output = smoke("--url", product.url, "--child", "Nobody")
    assert not held
    assert "expected a child called Nobody; came Ada, Ben" in output


def test_wrong_pictures_are_told_and_not_written_down(product):
    held, output = smoke("--url", product.url, "--child", "Elif", "--pictures", "moon", "tree", "key")
    assert not held
    assert "✗ sign in" in output and "came 400" in output
    assert "moon" not in output


def test_a_server_that_is_not_there_is_one_line_and_no_traceback():
    held, output = smoke("--url", "http://127.0.0.1:1")
    assert not held
    assert "expected an answer from http://127.0.0.1:1" in output
    assert "Traceback" not in output


class SomethingElse(BaseHTTPRequestHandler):
    """A web server that is no ReaderAI."""

    def do_GET(self) -> None:
        """Greet."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>Hello</p>")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def test_another_web_server_is_recognised_as_such():
    with ThreadingHTTPServer(("127.0.0.1", 0), SomethingElse) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        held, output = smoke("--url", f"http://127.0.0.1:{server.server_port}", "--json")
        server.shutdown()
    assert not held
    assert json.loads(output)["steps"][0]["detail"].startswith("expected JSON from /readyz; came 200")


@pytest.mark.parametrize(
    ("times", "complaint"),
    [
        ([[0, 10]], "expected 2 word times, one for each word; came 1"),
        ([[0, 10], [5, 20]], r"expected word 1 to be spoken after 10 ms; came \[5, 20\)"),
        ([[0, 10], [10, 10]], r"expected word 1 to be spoken after 10 ms; came \[10, 10\)"),
        ([[0, 10], [10, 31]], "expected the last word to end within 30 ms; came 31"),
    ],
)
def test_word_times_that_break_the_contract_are_found(times, complaint):
    with pytest.raises(Unexpected, match=complaint):
        check_times(times, 2, 30)


def test_word_times_that_keep_the_contract_pass():
    check_times([[0, 10], [10, 30]], 2, 30)


def test_audio_of_another_length_is_found():
    with pytest.raises(Unexpected, match="expected about 2000 ms of audio; came 1000 ms"):
        check_length(1000, 2000)
