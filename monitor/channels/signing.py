"""Signing by the rules of Standard Webhooks, with each secret that is active.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr
from standardwebhooks import Webhook

PREFIX = "whsec_"
MOST_SECRETS = 3
"""The new one, the old one, and one more for who is slow: each is a signature in a header."""


def key_of(secret: str) -> bytes:
    """The signing key: after `whsec_` it is base64, any other secret is its own UTF-8 bytes.

    Raises ValueError in plain words when what follows `whsec_` is no base64.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    encoded = secret.removeprefix(PREFIX).rstrip("=")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        raise ValueError("after whsec_ comes a key in base64, and this is none") from None


def _listed(value: object) -> object:
    """One secret is a list of one."""
    return (value,) if isinstance(value, str | SecretStr) else value


def _usable(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not 1 <= len(secrets) <= MOST_SECRETS:
        raise ValueError(f"found {len(secrets)} secrets, wanted one to {MOST_SECRETS}")
    keys = [key_of(secret.get_secret_value()) for secret in secrets]
    if not all(keys):
        raise ValueError("the secret is empty")
    if len(set(keys)) < len(keys):
        raise ValueError("the same secret twice")
    return secrets


Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_listed), AfterValidator(_usable)]
"""One to three secrets; one may be written without its list."""


class Signer:
    """Signs with every secret: a receiver that knows any of them accepts the call."""

    def __init__(self, secrets: tuple[SecretStr, ...]) -> None:
        self._signers = tuple(Webhook(key_of(secret.get_secret_value())) for secret in secrets)

    def headers(self, identity: str, body: bytes, now: datetime) -> dict[str, str]:
        """The three headers of Standard Webhooks; signatures stand side by side, spaced."""
        signatures = (each.sign(identity, now, body.decode()) for each in self._signers)
        return {
            "webhook-id": identity,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
