"""Encryption of what must be read back (SIP passwords for the agents' browsers), with the installation's key."""

from __future__ import annotations

import base64
import hashlib
import secrets
import string

from cryptography.fernet import Fernet, InvalidToken

_ALPHABET = string.ascii_letters + string.digits


class SecretBox:
    """Encrypts short texts with a key derived from ``secret_key``."""

    def __init__(self, secret_key: str) -> None:
        digest = hashlib.sha256(b"sangdam secret box\0" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def seal(self, text: str) -> str:
        """``text`` encrypted and authenticated, as ASCII."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Inverse of ``seal``. Raises ValueError when it was sealed under another key or damaged."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ValueError("sealed under another SANGDAM_SECRET_KEY, or damaged") from None


def new_password(length: int = 20) -> str:
    """A random password of letters and digits (5.95 bits each): safe in SIP, URLs and shells."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
