"""Making tenants, managers, agents and tokens: what the command line and the joining site do alike."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from app.core.ars_json import ars_to_json
from app.core.caller_ids import presentable
from app.core.definitions import ArsDefinition, MenuEntry, QueueId, Slot
from app.core.errors import InvalidDefinition
from app.services.accounts import hash_password
from app.services.sip_accounts import SipAccounts, Vault
from app.services.time_zones import FirstDifference, check_zone

SERVICE_NAME = re.compile(r"[A-Za-z0-9가-힣][A-Za-z0-9가-힣._-]{1,39}")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,59}")
ORGANISATION = re.compile(r"(?=.*\S)[^\x00-\x1f\x7f]{1,100}")
LONGEST_SHOWN = 60
"""Characters of a refused value that its refusal repeats."""

EVERY_DAY = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
OFFICE_HOURS = (Slot(WORKING_DAYS, time(9), time(18), True, "평일"),)
ALWAYS = (Slot(EVERY_DAY, time(0), time(0), True, "매일"),)


@dataclass(frozen=True, slots=True)
class MadeAgent:
    """A new agent with the passwords that are shown this once."""

    agent_id: int
    login: str
    password: str
    extension: str
    sip_user: str
    sip_password: str


def token_digest(token: str) -> str:
    """What is kept of an API token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


class Onboarding:
    """Use cases over a store (app.adapters.sql.store.Store). ``ha1(user, domain, password)`` is
    provisioning's, ``new_password()`` app.adapters.vault', ``first_difference`` freeswitch_conf.timezones'."""

    def __init__(
        self,
        store: Any,
        vault: Vault,
        *,
        sip_domain: str,
        ha1: Callable[[str, str, str], str],
        new_password: Callable[[], str],
        first_difference: FirstDifference,
    ) -> None:
        self._store = store
        self._first_difference = first_difference
        self._sip = SipAccounts(vault, sip_domain, ha1, new_password)
        self._new_password = new_password

    def create_tenant(
        self,
        name: str,
        *,
        did: str,
        organisation: str,
        email: str = "",
        licences: int = 5,
        carrier: str = "SKTL",
        manager: str = "admin",
        password: str | None = None,
        menu: Iterable[str] = ("상담 문의",),
        slots: tuple[Slot, ...] = OFFICE_HOURS,
        texts: Mapping[str, str] | None = None,
        timezone: str = "Asia/Seoul",
    ) -> dict[str, Any]:
        """A tenant under contract with one DID, a manager, a queue for each name in ``menu`` (digits 1 …)
        and a draft ARS that waits for its first publication.

        Raises InvalidDefinition for a name, login or number of the wrong form, AlreadyTaken when in use,
        Refused ``zone_unknown``, ``zone_unsayable``.
        """
        _check(SERVICE_NAME, name, "service_name", "2 to 40 letters, digits, . _ -")
        _check(LOGIN, manager, "manager", "2 to 60 Latin letters, digits, . _ -")
        if presentable(did) != did:
            wanted = "a Korean number such as 07040000002, digits only and whole (a 070 number has 11)"
            raise _wrong("did", wanted, did)
        _check(ORGANISATION, organisation, "organisation", "the company's name, 1 to 100 characters in one line")
        if email:
            _check(EMAIL, email, "email", "an address such as me@example.com")
        names = tuple(menu)
        if not 1 <= len(names) <= 9:
            raise InvalidDefinition("a menu has 1 to 9 entries", field="menu", value=len(names))
        check_zone(timezone, self._first_difference)
        tenant = self._store.create_tenant(
            name, organisation=organisation, email=email, licences=licences, caller_id=did, state="contract",
            timezone=timezone,
        )  # fmt: skip
        own = self._store.for_tenant(tenant.id)
        own.add_did(did, carrier)
        password = password or self._new_password()
        user = own.create_user(login=manager, name="관리자", password_hash=hash_password(password), may_unmask=True)
        entries = tuple(
            MenuEntry(str(digit), title, own.create_queue(title).id) for digit, title in enumerate(names, start=1)
        )
        for code, title in ((10, "배송문의"), (20, "취소문의"), (30, "결제문의"), (40, "반품문의"), (90, "기타")):
            own.create_contact_type(title, code)
        for reason in ("식사", "휴식", "회의", "교육"):
            own.create_break_reason(reason)
        own.save_draft(ars_to_json(ArsDefinition(entries, slots, (), {}), texts=dict(texts or {})))
        return {
            "tenant": name,
            "tenant_id": tenant.id,
            "did": did,
            "manager": {"id": user.id, "login": manager, "password": password},
            "queues": {entry.digit: entry.queue_id for entry in entries},
        }

    def create_agent(
        self, tenant_id: int, login: str, *, name: str, password: str | None = None, queues: Iterable[QueueId] = ()
    ) -> MadeAgent:
        """An agent with the next free extension, assigned to ``queues`` (none: to nothing yet).

        Raises InvalidDefinition, AlreadyTaken, LicencesUsedUp, NotFound.
        """
        _check(LOGIN, login, "login", "2 to 60 Latin letters, digits, . _ -")
        own = self._store.for_tenant(tenant_id)
        extension, sip_user = own.next_extension()
        password, sip = password or self._new_password(), self._sip.make(sip_user)
        agent = own.create_agent(
            login=login,
            name=name,
            password_hash=hash_password(password),
            extension=extension,
            sip_user=sip_user,
            sip_password_enc=sip.sealed,
            sip_ha1=sip.ha1,
        )
        for queue_id in queues:
            levels = {tier.agent_id: tier.level for tier in own.tiers() if tier.queue_id == queue_id}
            own.set_tiers(queue_id, {**levels, agent.id: 1})
        return MadeAgent(agent.id, login, password, extension, sip_user, sip.password)

    def create_token(self, tenant_id: int, login: str, label: str = "") -> str:
        """An API token of the manager or agent called ``login``. Raises NotFound-like InvalidDefinition."""
        own = self._store.for_tenant(tenant_id)
        for role in ("manager", "agent"):
            person = own.find_account(role, login)
            if person is not None:
                token = f"sgd_{secrets.token_urlsafe(32)}"
                own.create_token(role, person.id, token_digest(token), label)
                return token
        raise InvalidDefinition(f"nobody of this tenant is called {login!r}", field="login", value=login)


def _check(form: re.Pattern[str], value: str, field: str, wanted: str) -> None:
    if not form.fullmatch(value):
        raise _wrong(field, wanted, value)


def _wrong(field: str, wanted: str, value: str) -> InvalidDefinition:
    shown = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…"
    return InvalidDefinition(f"{field} must be {wanted}, not {shown!r}", field=field, value=shown)
