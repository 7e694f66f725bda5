"""uvicorn's HTTP by httptools, which hands WebSocket handshakes over to `connection`."""

import urllib.parse

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from readerai.websocket import handshake
from readerai.websocket.connection import SocketConnection


class HttpProtocol(HttpToolsProtocol):
    """For `uvicorn --http`. What uvicorn is told of `--ws` holds for the greatest size of a message only."""

    def handle_websocket_upgrade(self) -> None:
        """Serve the socket that the request asks for, on the same connection."""
        self.connections.discard(self)
        headers = self.scope["headers"]
        try:
            key = handshake.key_of(self.scope["method"], self.scope["http_version"], dict(headers))
        except handshake.NoHandshake as error:
            answer = [*self.server_state.default_headers, *error.headers]
            self.transport.write(handshake.refusal(error.status, answer, str(error).encode()))
            self.transport.close()
            return
        path, _, query = self.url.partition(b"?")
        root = self.root_path
        connection = SocketConnection(
            self.transport, self.server_state, key, max_size=self.config.ws_max_size
        )
        self.transport.set_protocol(connection)
        connection.serve(
            self.app,
            {
                "type": "websocket",
                "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
                "http_version": "1.1",
                "scheme": "wss" if self.scheme == "https" else "ws",
                "server": self.server,
                "client": self.client,
                "root_path": root,
                "path": root + urllib.parse.unquote(path.decode("ascii")),
                "raw_path": root.encode("ascii") + path,
                "query_string": query,
                "headers": headers,
                "subprotocols": handshake.offered_subprotocols(headers),
                "state": self.app_state.copy(),
            },
            self.loop,
        )
        self.parser = None  # it refers to us: nobody would let go of either
