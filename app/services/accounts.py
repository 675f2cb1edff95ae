"""Logging in: passwords (argon2), lockout after failures, sessions that end with the password, API tokens.

Hashing takes tens of milliseconds of CPU, so it runs in ``run_slowly``: gevent's thread pool in the web
process, a plain call in tests. An unknown login costs the same time as a wrong password.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from app.core.networks import contains
from app.ports import Clock
from app.services.errors import Refused
from app.services.people import Person, Role
from app.services.repository import Store, TenantStore

T = TypeVar("T")

FAILURES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=10)
SHORTEST_PASSWORD = 8

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt."""
    return _HASHER.hash(password)


_NOBODY = hash_password("the password of an account that does not exist")


def password_fits(stored: str, password: str) -> bool:
    """Whether ``password`` belongs to the hash; a damaged hash fits nothing."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def fingerprint(password_hash: str) -> str:
    """A short mark of a password hash: changes with every new password, says nothing about it."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


def call_directly(function: Callable[..., T], *args: Any) -> T:
    """The ``run_slowly`` of tests and of programs without an event loop."""
    return function(*args)


class Accounts:
    """Log in, recognise, change passwords. One for the whole platform."""

    def __init__(self, store: Store, clock: Clock, run_slowly: Callable[..., Any] = call_directly) -> None:
        self._store = store
        self._clock = clock
        self._run_slowly = run_slowly

    def log_in(
        self,
        role: Role,
        service_name: str,
        login: str,
        password: str,
        *,
        address: str = "",
        platform: str = "",
    ) -> Person:
        """The person with this login; all three parts are case sensitive.

        Raises Refused ``bad_credentials`` (nobody learns which part was wrong), ``locked`` with ``minutes``, or
        ``address_not_allowed`` before anything else is looked at, so that nobody outside the allowed networks can
        guess a manager's password or lock the account. Every try stands in the tenant's history.
        """
        tenant_id = self._store.tenant_id_of(service_name)
        if tenant_id is None:
            self._run_slowly(password_fits, _NOBODY, password)
            raise Refused("bad_credentials")
        store = self._store.for_tenant(tenant_id)
        if not may_come_from(store.tenant(), role, address):
            self._note(store, role, None, login, "refused", address, platform)
            raise Refused("address_not_allowed", address=address)
        row = store.find_account(role, login)
        if row is None or not self._usable(row):
            self._run_slowly(password_fits, _NOBODY, password)
            self._note(store, role, None, login, "failed", address, platform)
            raise Refused("bad_credentials")
        now = self._clock.now()
        if row.locked_until is not None and row.locked_until > now:
            self._note(store, role, row, login, "locked", address, platform)
            raise Refused("locked", minutes=_minutes_until(row.locked_until - now))
        if not self._run_slowly(password_fits, row.password_hash, password):
            failures = store.count_failed_login(role, row.id)
            if failures >= FAILURES_BEFORE_LOCK:
                store.lock_account(role, row.id, now + LOCKED_FOR)
                self._note(store, role, row, login, "locked", address, platform)
                raise Refused("locked", minutes=_minutes_until(LOCKED_FOR))
            self._note(store, role, row, login, "failed", address, platform)
            raise Refused("bad_credentials")
        store.clear_failed_logins(role, row.id)
        self._note(store, role, row, login, "ok", address, platform)
        return self._person(store, role, row, address)

    def log_out(self, person: Person, *, platform: str = "") -> None:
        """Write the logging-out into the history; the session itself is the web's."""
        store = self._store.for_tenant(person.tenant_id)
        row = store.account(person.role, person.person_id)
        self._note(store, person.role, row, person.login, "ok", person.address, platform, action="logout")

    def by_identity(self, identity: str, address: str = "") -> Person | None:
        """The person of a session, or None when the account is gone, closed, or has a new password."""
        parts = identity.split(":")
        if len(parts) != 4 or parts[0] not in (Role.AGENT, Role.MANAGER):
            return None
        role, tenant, person_id, mark = Role(parts[0]), parts[1], parts[2], parts[3]
        if not (tenant.isdecimal() and person_id.isdecimal()):
            return None
        store = self._store.for_tenant(int(tenant))
        row = store.account(role, int(person_id))
        if row is None or not self._usable(row) or fingerprint(row.password_hash) != mark:
            return None
        return self._person(store, role, row, address)

    def by_token(self, token: str, address: str = "") -> Person | None:
        """The person that an API token acts for; None when unknown, revoked, or the account is closed."""
        found = self._store.token_owner(hashlib.sha256(token.encode()).hexdigest())
        if found is None:
            return None
        tenant_id, role, person_id = found
        store = self._store.for_tenant(tenant_id)
        row = store.account(Role(role), person_id)
        if row is None or not self._usable(row):
            return None
        return self._person(store, Role(role), row, address, by_token=True)

    def change_password(self, person: Person, old: str, new: str) -> Person:
        """Set a new password; the person's other sessions end. Returns the person as now known.

        Raises Refused ``wrong_password`` or ``weak_password``.
        """
        store = self._store.for_tenant(person.tenant_id)
        row = store.account(person.role, person.person_id)
        if row is None or not self._run_slowly(password_fits, row.password_hash, old):
            raise Refused("wrong_password")
        if not strong_enough(new, person.login):
            raise Refused("weak_password")
        store.set_password(person.role, person.person_id, self._run_slowly(hash_password, new))
        changed = store.account(person.role, person.person_id)
        assert changed is not None  # it was there a moment ago, within the same request
        return self._person(store, person.role, changed, person.address)

    @staticmethod
    def _usable(row: Any) -> bool:
        return getattr(row, "active", True) and getattr(row, "deleted_at", None) is None

    def _person(
        self, store: TenantStore, role: Role, row: Any, address: str, by_token: bool = False
    ) -> Person:
        tenant = store.tenant()
        return Person(
            role=role,
            tenant_id=tenant.id,
            service_name=tenant.service_name,
            timezone=tenant.timezone,
            person_id=row.id,
            login=row.login,
            name=row.name or row.login,
            fingerprint=fingerprint(row.password_hash),
            may_unmask=bool(getattr(row, "may_unmask", False)),
            address=address,
            by_token=by_token,
            address_allowed=may_come_from(tenant, role, address),
        )

    @staticmethod
    def _note(
        store: TenantStore,
        role: Role,
        row: Any | None,
        login: str,
        result: str,
        address: str,
        platform: str,
        action: str = "login",
    ) -> None:
        """Agents' log-ins have a history of their own (상담사로그인이력); managers' are in 작업이력."""
        if role is Role.AGENT:
            store.add_login(
                role=role,
                person_id=None if row is None else row.id,
                login=login[:60],
                action=action,
                result=result,
                address=address,
                platform=platform,
            )
        else:
            store.add_audit(
                actor=f"관리자 {login[:60]} ({store.tenant().service_name})",
                subject="관리자 로그인",
                action=action,
                result=result,
                address=address,
                details={"platform": platform},
            )


def may_come_from(tenant: Any, role: Role, address: str) -> bool:
    """접근관리: managers may come from the tenant's allowed networks only, if it names any; agents from anywhere."""
    return role is not Role.MANAGER or not tenant.allowed_addresses or contains(tenant.allowed_addresses, address)


def strong_enough(password: str, login: str) -> bool:
    """At least 8 characters with letters and figures, and not the login itself."""
    return (
        len(password) >= SHORTEST_PASSWORD
        and any(char.isalpha() for char in password)
        and any(char.isdigit() for char in password)
        and password.casefold() != login.casefold()
    )


def _minutes_until(rest: timedelta) -> int:
    return max(1, -(-int(rest.total_seconds()) // 60))
