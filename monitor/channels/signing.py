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
        said = "found a secret that is no base64 after whsec_, wanted whsec_ and a key in base64"
        raise ValueError(said) from None


def listed(value: object) -> object:
    """A single one is a list of one."""
    return (value,) if isinstance(value, str | SecretStr) else value


def _usable(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not 1 <= len(secrets) <= MOST_SECRETS:
        raise ValueError(f"found {len(secrets)} secrets, wanted one to {MOST_SECRETS}")
    keys = [key_of(secret.get_secret_value()) for secret in secrets]
    if not all(keys):
        raise ValueError("found an empty secret, wanted one that nobody can guess")
    if len(set(keys)) < len(keys):
        raise ValueError("found the same secret twice, wanted different ones")
    return secrets


Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(listed), AfterValidator(_usable)]
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
