"""The server of the scripted model, voice, moderation and provider."""

import socket
from http.server import BaseHTTPRequestHandler

import pytest

from tests.scripted_server import ScriptedServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/mistake":
            raise KeyError("of the script")
        self.wfile.write(b"Once upon a time")


@pytest.mark.parametrize(
    ("path", "said"), [("/hung-up", ""), ("/mistake", "Exception occurred during processing of request")]
)
def test_a_client_that_hangs_up_is_normal_and_a_mistake_of_the_script_is_not(path, said, capsys):
    client, connection = socket.socketpair()
    client.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    client.close()
    with ScriptedServer(("127.0.0.1", 0), Handler) as server:
        server.process_request_thread(connection, ("127.0.0.1", 1))
    printed = capsys.readouterr().err
    assert said in printed
    assert bool(printed) == bool(said)
