"""The HTTP server of what follows a script: a client that hangs up is normal there."""

import sys
from http.server import ThreadingHTTPServer
from typing import Any


class ScriptedServer(ThreadingHTTPServer):
    """Says of a client that has hung up nothing; whatever else goes wrong is printed."""

    request_queue_size = 64  # a whole worker's threads ask in one moment; five would have to try again

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection is over before its end: the client has ended it, or the script is wrong."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
