"""Signatures on calls: HTTP Message Signatures (RFC 9421) by Ed25519 over a Content-Digest."""

from __future__ import annotations

from datetime import timedelta

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from arengo_core import clock
from arengo_core.ids import new_token
from arengo_core.remote.keys import Signer

TAG = "arengo-call"
LIFE = timedelta(seconds=60)
COVERED = ("@method", "@authority", "@path", "content-type", "idempotency-key")
"""What is signed beside the Content-Digest (RFC 9530) of the body."""


def headers(signer: Signer, url: str, body: bytes, idempotency_key: str) -> dict[str, str]:
    """The headers of a signed call to an address; it holds for a minute, its nonce once."""
    # Late, for starting must not wait for it.
    from http_message_signatures.algorithms import (
        ED25519,  # pyright: ignore[reportPrivateImportUsage]
    )
    from http_message_signatures.resolvers import HTTPSignatureKeyResolver
    from http_message_signatures.signatures import HTTPMessageSigner

    class Key(HTTPSignatureKeyResolver):
        def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
            return signer.private

    request = httpx.Request(
        "POST",
        url,
        content=body,
        headers={"Content-Type": "application/json", "Idempotency-Key": idempotency_key},
    )
    moment = clock.now()
    signing = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=Key())
    signing.sign(
        request,
        key_id=signer.id,
        created=moment,
        expires=moment + LIFE,
        nonce=new_token(16),
        label="arengo",
        tag=TAG,
        covered_component_ids=COVERED,
        body=body,
    )
    names = ("content-type", "idempotency-key", "content-digest", "signature-input", "signature")
    return {name: request.headers[name] for name in names}
