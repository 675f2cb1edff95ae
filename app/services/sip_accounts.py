"""Secrets of agents: SIP accounts, of which the directory gets a digest and the browser the password, and
log-in passwords that a person can type."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

EASY = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and figures that nobody takes for another."""
GROUPS, GROUP = 3, 4


class Vault(Protocol):
    """Seals SIP passwords (app.adapters.vault.SecretBox)."""

    def seal(self, text: str) -> str: ...


@dataclass(frozen=True, slots=True)
class SipSecret:
    """A new SIP password with what is kept of it."""

    password: str
    sealed: str
    ha1: str


class SipAccounts:
    """Makes SIP passwords. ``ha1(user, domain, password)`` is provisioning's, ``new_password()`` the vault's."""

    def __init__(
        self, vault: Vault, domain: str, ha1: Callable[[str, str, str], str], new_password: Callable[[], str]
    ) -> None:
        self._vault = vault
        self.domain = domain
        self._ha1 = ha1
        self._new_password = new_password

    def make(self, sip_user: str) -> SipSecret:
        """A fresh password for this user."""
        password = self._new_password()
        return SipSecret(password, self._vault.seal(password), self._ha1(sip_user, self.domain, password))


def easy_password() -> str:
    """``k7mp-3qaw-9wfz``: 59 bits, easily read out and typed; always with a letter and a figure."""
    while True:
        groups = ["".join(secrets.choice(EASY) for _ in range(GROUP)) for _ in range(GROUPS)]
        made = "-".join(groups)
        if any(char.isalpha() for char in made) and any(char.isdigit() for char in made):
            return made
