"""A provider of identity (OpenID Connect) on the loopback, for the tests: discovery, authorization, token, keys.

What it tells can be bent (`claims`, `signing`, `header`) so that every check of the receiving side is tried.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "xiaodun", "a secret of two"
KEY_ID = "key-1"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """One person is signed in there: `subject`. `told` are claims put in, `left_out` claims taken away."""

    def __init__(self, url: str) -> None:
        self.url, self.issuer = url, url
        self.key = self.signing_key = new_key()
        self.subject = "person-7"
        self.told: dict[str, Any] = {}
        self.left_out: set[str] = set()
        self.algorithm = "RS256"
        self.says_no = ""
        self.asked: dict[str, dict[str, str]] = {}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [told | {"kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to, with a code or with an error."""
        if (
            asked["client_id"] != CLIENT_ID
            or asked["response_type"] != "code"
            or "openid" not in asked["scope"]
        ):
            raise ValueError("not a request of this client")
        back = {"state": asked["state"]}
        if self.says_no:
            return f"{asked['redirect_uri']}?{urlencode(back | {'error': self.says_no})}"
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode(back | {'code': code})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any]:
        """The tokens for a code, which counts once. Raises ValueError for whoever is not the one that asked."""
        asked = self.asked.pop(sent["code"])
        proof = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != asked["code_challenge"]:
            raise ValueError("not the one that asked")
        if (sent["client_id"], sent["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            raise ValueError("not the client")
        if sent["redirect_uri"] != asked["redirect_uri"]:
            raise ValueError("another address")
        return {"access_token": "an access token", "token_type": "Bearer", "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": self.subject, "iat": now, "exp": now + 300,
            "nonce": asked.get("nonce"), "email": "li@example.org", "email_verified": True, "name": "李老师",
        } | self.told  # fmt: skip
        kept = {name: value for name, value in claims.items() if name not in self.left_out}
        secret = {"RS256": self.signing_key, "HS256": CLIENT_SECRET * 3, "none": None}[self.algorithm]
        return str(jwt.encode(kept, secret, algorithm=self.algorithm, headers={"kid": KEY_ID}))


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that listens on a port of the loopback until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", here.authorize(asked))
                self.end_headers()
                return
            self._tell(
                {"/.well-known/openid-configuration": here.discovery, "/keys": here.keys}[address.path]()
            )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            try:
                self._tell(here.token({name: values[0] for name, values in parse_qs(body).items()}))
            except (KeyError, ValueError):
                self._tell({"error": "invalid_grant"}, 400)

        def _tell(self, answer: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
