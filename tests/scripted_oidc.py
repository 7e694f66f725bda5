"""An OpenID provider for tests: real HTTP, real signatures, and whatever goes wrong on demand."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.scripted_server import ScriptedServer

CLIENT_ID, CLIENT_SECRET = "readerai", "between-us"
NAMED = {"kid": "first", "use": "sig", "alg": "RS256"}
FOREIGN_KEY = RSAKey.generate_key(2048, NAMED)


class ScriptedProvider:
    """Signs everybody in as `person`: discovery, authorize, token and keys.

    `claims` are put over those of the next ID tokens, `key` signs them, `refuses` is the error that people
    are sent back with instead, and paths in `broken` answer 500.
    """

    def __enter__(self) -> Self:
        self.key = self._own_key = RSAKey.generate_key(2048, NAMED)
        self.person = {"sub": "4711", "email": "rivera@willow.example", "email_verified": True}
        self.claims: dict[str, Any] = {}
        self.broken: set[str] = set()
        self.refuses = ""
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path in provider.broken:
                    self._answer(500, {})
                elif parts.path == "/.well-known/openid-configuration":
                    self._answer(200, provider._configuration())
                elif parts.path == "/keys":
                    self._answer(200, {"keys": [provider._own_key.as_dict(private=False)]})
                else:
                    self._answer(302, {}, provider._authorize(dict(parse_qsl(parts.query))))

            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                if self.path in provider.broken:
                    self._answer(500, {})
                    return
                token = provider._token(form, self.headers.get("Authorization", ""))
                self._answer(200 if token else 400, token or {"error": "invalid_grant"})

            def _answer(self, status: int, body: dict[str, Any], location: str = "") -> None:
                sent = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ScriptedServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def change_keys(self) -> None:
        """Sign with another key from now on, and publish only that."""
        self.key = self._own_key = RSAKey.generate_key(2048, NAMED | {"kid": "second"})

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self, asked: dict[str, str]) -> str:
        if self.refuses:
            answer = {"error": self.refuses, "state": asked["state"]}
        else:
            code = f"code-{len(self._codes)}"
            self._codes[code] = asked
            answer = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def _token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens for a code that is used the first time, by our client and with its verifier."""
        asked = self._codes.pop(form.get("code", ""), None)
        ours = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or authorization != f"Basic {ours}" or asked.get("code_challenge") != challenge:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            **self.person,
            **self.claims,
        }
        header = {"alg": "RS256", "kid": self.key.kid}
        return {
            "access_token": "opens nothing",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": jwt.encode(header, claims, self.key),
        }
