"""What daphne lacks of ASGI: refusing a handshake with any status, and closing a socket with any code.

By itself it refuses with 403 only and closes with 1000 and 3000 to 4999 only; to go away politely a server
needs 503 and 1012.
"""

from http import HTTPStatus
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

DENIAL = "websocket.http.response"  # the ASGI extension's name


class PoliteProtocol(WebSocketProtocol):
    """Daphne's WebSocket. The body of a refusal is left out."""

    _denial: dict[str, Any] | None = None

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Send the client what the application says."""
        if message["type"] == f"{DENIAL}.start":
            self._denial = message
        elif message["type"] != f"{DENIAL}.body":
            super().handle_reply(message)
        elif not message.get("more_body"):
            self.serverReject()

    def failHandshake(self, reason: str, code: int = 400, responseHeaders: Any = None) -> None:
        """Refuse the handshake: as the application wants it, if it is the application that refuses."""
        if self._denial is not None:
            code = self._denial["status"]
            reason = HTTPStatus(code).phrase
            headers = [(name.decode(), value.decode()) for name, value in self._denial.get("headers", [])]
            responseHeaders = [*headers, ("Content-Length", "0"), ("Connection", "close")]
        super().failHandshake(reason, code, responseHeaders)

    def serverClose(self, code: int | None = None) -> None:
        """Close the socket. Autobahn's `sendClose`, which daphne calls, takes an application's codes only."""
        self.sendCloseFrame(code=1000 if code is None else code)


class PoliteServer(Server):
    """Daphne's server, which tells the application of the extension."""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Start the application for one request or socket."""
        if scope["type"] == "websocket":
            scope["extensions"] = {DENIAL: {}}
        return super().create_application(protocol, scope)


def install() -> None:
    """Let the `daphne` command start such servers: these are the places where it looks its classes up."""
    WebSocketFactory.protocol = PoliteProtocol
    CommandLineInterface.server_class = PoliteServer
