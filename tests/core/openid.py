"""A real OpenID provider (oidc-provider-mock) on a socket, whose tokens a test may bend."""

from __future__ import annotations

import base64
import functools
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import flask
import httpx
import oidc_provider_mock
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from arengo_core.identity.oidc.settings import OidcSettings

SECRET = "a secret of the client"


@functools.cache
def key(kid="first", of="the provider"):
    """A key pair by its id and whose it is; making one takes a second."""
    return RSAKey.generate_key(parameters={"kid": kid})


class OpenIdProvider:
    """Its people are whoever one says to be; ``claims`` by person are told beside ``sub``.

    ``bend`` changes the claims of the next tokens, ``sign_with`` signs them by another key than
    it publishes; ``asked`` is what the browser brought, ``mood`` what the next call meets.
    """

    def __init__(self) -> None:
        self.address = ""
        self.silence = threading.Event()
        self.begin_anew()

    def begin_anew(self) -> None:
        """As nobody has bent it."""
        self.claims = {}
        self.key = key()
        self.bend = {}
        self.sign_with = None
        self.algorithm = "RS256"
        self.userinfo = {}
        self.asked = {}
        self.calls = []
        self.mood = ""
        self.silence.set()
        self.silence = threading.Event()

    def settings(self, **changes):
        return {
            "issuer": self.address,
            "client_id": "arengo",
            "client_secret": SECRET,
            **changes,
        }

    def read_settings(self, **changes):
        return OidcSettings(**self.settings(**changes))

    # as a person with a browser

    async def _at(self, url, form):
        async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
            answer = await browser.post(url, data=form)
        assert answer.status_code == 302, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    async def come_back(self, departure, person):
        return await self._at(departure.url, {"sub": person})

    async def refuse(self, departure):
        return await self._at(departure.url, {"action": "deny"})

    async def fall_silent(self):
        self.mood = "silent"

    async def lose_next_answer(self):
        self.mood = "lose"

    # as the server

    def before(self):
        storage = flask.g.oidc_provider_mock_storage
        storage.jwk = _for_authlib(self.key)
        for person, claims in self.claims.items():
            storage.store_user(oidc_provider_mock.User(sub=person, claims=claims))
        self.calls.append(flask.request.path)
        if flask.request.path == "/oauth2/authorize":
            self.asked = flask.request.args.to_dict()
        mood = self.mood
        if mood and flask.request.path != "/oauth2/authorize":
            self.mood = ""
            if mood == "silent":
                self.silence.wait()
            flask.abort(502)

    def after(self, response):
        if flask.request.path == "/userinfo" and self.userinfo:
            response.set_data(flask.json.dumps({**response.get_json(), **self.userinfo}))
        if flask.request.path == "/oauth2/token" and response.status_code == 200:
            self._check_pkce()
            body = response.get_json()
            published = RSAKey.import_key(self.key.as_dict(private=True))
            claims = jwt.decode(body["id_token"], published).claims
            claims = {k: v for k, v in {**claims, **self.bend}.items() if v is not None}
            signer = self.sign_with or published
            header = {"alg": self.algorithm, "kid": signer.kid}
            body["id_token"] = jwt.encode(header, claims, signer, algorithms=[self.algorithm])
            response.set_data(flask.json.dumps(body))
        return response

    def _check_pkce(self):
        """The package itself does not ask for it."""
        digest = hashlib.sha256(flask.request.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert self.asked["code_challenge_method"] == "S256"
        assert self.asked["code_challenge"] == challenge


def _for_authlib(known):
    from authlib.jose import JsonWebKey

    return JsonWebKey.import_key(known.as_dict(private=True))


@contextmanager
def serving_openid(port=0) -> Iterator[OpenIdProvider]:
    """The provider on a port, a free one unless named."""
    provider = OpenIdProvider()
    app = oidc_provider_mock.app()
    app.before_request(provider.before)
    app.after_request(provider.after)
    server = make_server("127.0.0.1", port, app, threaded=True)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield provider
    provider.silence.set()
    server.shutdown()
    server.server_close()
