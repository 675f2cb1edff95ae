"""발신번호: which number customers see (전기통신사업법 §84-2: nobody shows a number that is not theirs).

A tenant's DIDs are its own. Another number needs evidence, which the platform's operator looks at; it counts to its
last day. A chosen number that counts no more gives way to the first DID, and the list says so. What is refused is
written into 작업이력 as well.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.core.business_hours import local
from app.core.caller_ids import CallerIdState, counts, number_to_show, presentable
from app.core.numbering import display
from app.ports import Clock
from app.services.ars_outside import Outside
from app.services.ars_validation import flattened, shown
from app.services.errors import Refused
from app.services.people import Person

SUBJECT = "발신번호"
EVIDENCE_BYTES = 5 << 20
MOST_NUMBERS = 20

_KINDS = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
)
"""Evidence is what its first bytes say, whatever it is called."""


class CallerIds:
    """Use cases of one platform, for managers within their tenant."""

    def __init__(self, store: Any, outside: Outside, clock: Clock) -> None:
        self._store = store
        self._outside = outside
        self._clock = clock

    def all(self, person: Person) -> dict[str, Any]:
        """The tenant's own numbers and those it asked for; which one is chosen, and which one customers see."""
        own = self._own(person)
        tenant, dids, rows = own.tenant(), list(own.dids()), own.caller_ids()
        today = self._today(tenant.timezone)
        verified = [row.number for row in rows if counts(row.state, row.expires_on, today)]
        chosen, used = tenant.caller_id, number_to_show(tenant.caller_id, dids, verified)
        items = [_own_number(number, chosen) for number in dids]
        items += [_shape(row, chosen, today) for row in rows if row.number not in dids]
        return {"chosen": chosen, "used": used, "fallback": bool(chosen) and chosen != used, "items": items}

    def request(self, person: Person, number: str, filename: str, data: bytes) -> dict[str, Any]:
        """Ask for a number with its evidence (통신서비스 이용증명원), or again: renewed, or after a refusal.

        Raises Refused ``bad_caller_id``, ``caller_id_known``, ``evidence_missing``, ``evidence_too_large``,
        ``bad_evidence``, ``too_many_caller_ids``.
        """
        own = self._own(person)
        wanted = presentable(number)
        if wanted is None:
            raise Refused("bad_caller_id")
        rows = {row.number: row for row in own.caller_ids()}
        if wanted in own.dids():
            raise Refused("caller_id_known")
        if wanted not in rows and len(rows) >= MOST_NUMBERS:
            raise Refused("too_many_caller_ids", most=MOST_NUMBERS)
        path = self._keep(person.tenant_id, data)
        try:
            row, before = own.request_caller_id(
                wanted, _shown_name(filename), self._below(path), person.actor, self._clock.now()
            )
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        if before:
            self._file(before).unlink(missing_ok=True)
        self._note(own, person, "request", number=wanted, file=row.evidence_name)
        tenant = own.tenant()
        return _shape(row, tenant.caller_id, self._today(tenant.timezone))

    def evidence(self, person: Person, caller_id: int) -> tuple[Path, str, str]:
        """``(file, media type, name)`` of the evidence. Raises NotFound, Refused ``evidence_gone``."""
        own = self._own(person)
        row = own.caller_id(caller_id)
        path = self._file(row.evidence_path)
        if not path.is_file():
            raise Refused("evidence_gone")
        self._note(own, person, "download", number=row.number, file=row.evidence_name)
        kind = next(media for _, ending, media in _KINDS if path.suffix == f".{ending}")
        return path, kind, row.evidence_name

    def delete(self, person: Person, caller_id: int) -> None:
        """Give a number up; its evidence is destroyed. Raises NotFound, Refused ``caller_id_in_use``."""
        own = self._own(person)
        row, tenant = own.caller_id(caller_id), own.tenant()
        if row.number == tenant.caller_id:
            if counts(row.state, row.expires_on, self._today(tenant.timezone)):
                raise Refused("caller_id_in_use")
            # Customers see the first DID already; now it is the chosen one as well.
            own.update_tenant(caller_id=next(iter(own.dids()), ""))
            own.count_publication()
            self._outside.notify(person.tenant_id)
        self._file(own.delete_caller_id(caller_id)).unlink(missing_ok=True)
        self._note(own, person, "delete", number=row.number)

    def choose(self, person: Person, number: str) -> dict[str, Any]:
        """The number that customers see from the next call on.

        Raises Refused ``bad_caller_id``, ``caller_id_not_verified``; the attempt is written down.
        """
        own = self._own(person)
        wanted = presentable(number)
        if wanted is None:
            self._note(own, person, "choose", "refused", number=shown(number))
            raise Refused("bad_caller_id")
        tenant = own.tenant()
        today = self._today(tenant.timezone)
        verified = {row.number for row in own.caller_ids() if counts(row.state, row.expires_on, today)}
        if wanted not in own.dids() and wanted not in verified:
            self._note(own, person, "choose", "refused", number=wanted)
            raise Refused("caller_id_not_verified")
        own.update_tenant(caller_id=wanted)
        own.count_publication()
        self._outside.notify(person.tenant_id)
        self._note(own, person, "choose", number=wanted, before=tenant.caller_id)
        return self.all(person)

    # -- pieces ---------------------------------------------------------------------------------------

    def _own(self, person: Person) -> Any:
        if not person.is_manager:
            raise Refused("forbidden")
        return self._store.for_tenant(person.tenant_id)

    def _today(self, timezone: str) -> date:
        return local(self._clock.now(), timezone).date()

    def _keep(self, tenant_id: int, data: bytes) -> Path:
        """Write the evidence under a name that nobody can guess, for this program's eyes only."""
        if not data:
            raise Refused("evidence_missing")
        if len(data) > EVIDENCE_BYTES:
            raise Refused("evidence_too_large", limit_mb=EVIDENCE_BYTES >> 20)
        ending = next((ending for begins, ending, _ in _KINDS if data.startswith(begins)), None)
        if ending is None:
            raise Refused("bad_evidence")
        folder = self._outside.evidence_dir / f"t{tenant_id}"
        for place in (self._outside.evidence_dir, folder):
            place.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{secrets.token_hex(16)}.{ending}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return path

    def _below(self, path: Path) -> str:
        return str(path.relative_to(self._outside.evidence_dir))

    def _file(self, below: str) -> Path:
        return self._outside.evidence_dir / below

    @staticmethod
    def _note(own: Any, person: Person, action: str, result: str = "ok", **details: Any) -> None:
        own.add_audit(
            actor=person.actor,
            subject=SUBJECT,
            action=action,
            result=result,
            address=person.address,
            details=details,
        )


class CallerIdDesk:
    """What the platform's operator does with requests; the command line has it until there is a console."""

    def __init__(self, store: Any, clock: Clock, notify: Callable[[int], None], evidence_dir: Path) -> None:
        self._store = store
        self._clock = clock
        self._notify = notify
        self._evidence_dir = evidence_dir

    def all(self, *, everything: bool = False) -> list[dict[str, Any]]:
        """Requests that wait, oldest first; with ``everything`` all numbers. ``also``: another tenant's DID."""
        found = []
        for row, service_name, owner in self._store.all_caller_ids():
            if everything or row.state == CallerIdState.REQUESTED:
                found.append(
                    {
                        "id": row.id,
                        "tenant": service_name,
                        "number": display(row.number),
                        "state": row.state,
                        "requested_at": row.requested_at,
                        "requested_by": row.requested_by,
                        "evidence": str(self._evidence_dir / row.evidence_path),
                        "called": row.evidence_name,
                        "expires_on": row.expires_on,
                        "reason": row.reason,
                        "did_of": owner,
                    }
                )
        return found

    def verify(self, caller_id: int, until: date, by: str) -> dict[str, Any]:
        """The evidence counts to ``until``, that day included. Raises NotFound, Refused ``already_expired``."""
        return self._decide(caller_id, by, until, "")

    def refuse(self, caller_id: int, reason: str, by: str) -> dict[str, Any]:
        """The number may not be shown, for a reason that the tenant reads. Raises NotFound."""
        return self._decide(caller_id, by, None, flattened(reason))

    def _decide(self, caller_id: int, by: str, until: date | None, reason: str) -> dict[str, Any]:
        own = self._store.for_tenant(self._store.tenant_of_caller_id(caller_id))
        tenant = own.tenant()
        if until is not None and until < local(self._clock.now(), tenant.timezone).date():
            raise Refused("already_expired", until=until.isoformat())
        row = own.decide_caller_id(caller_id, by=by, expires_on=until, reason=reason, at=self._clock.now())
        details = {"number": row.number, "expires_on": until.isoformat() if until else None, "reason": reason}
        action = "verify" if until else "refuse"
        own.add_audit(actor=by, subject=SUBJECT, action=action, details=details)
        if row.number == tenant.caller_id:  # what customers see may be another one from now on
            own.count_publication()
            self._notify(own.tenant_id)
        return {"id": row.id, "tenant": tenant.service_name, "number": display(row.number), "state": row.state}


def expire(store: Any, clock: Clock, notify: Callable[[int], None]) -> list[str]:
    """Calls of tenants whose chosen number counts no more show their first DID from now on; which numbers.

    To be called every few minutes: a day ends at the tenant's midnight. Each number is told of once, in 작업이력.
    """
    told = []
    now = clock.now()
    # Nowhere is it a later day than tomorrow.
    for tenant_id in store.tenants_with_expired_caller_ids(now.date() + timedelta(days=2)):
        own = store.for_tenant(tenant_id)
        tenant = own.tenant()
        for row in own.expired_caller_ids(local(now, tenant.timezone).date()):
            chosen = row.number == tenant.caller_id
            details = {"number": row.number, "expires_on": row.expires_on.isoformat(), "chosen": chosen}
            with store.together() as whole:
                rows = whole.for_tenant(tenant_id)
                rows.add_audit(actor="시스템", subject=SUBJECT, action="expire", details=details)
                rows.mark_caller_id_expired(row.id)
                if chosen:
                    rows.count_publication()
            if chosen:
                notify(tenant_id)
                told.append(f"{tenant.service_name} {display(row.number)}")
    return told


def _own_number(number: str, chosen: str) -> dict[str, Any]:
    return {
        "id": None,
        "number": number,
        "shown": display(number),
        "state": "own",
        "usable": True,
        "chosen": number == chosen,
        "evidence": "",
        "requested_at": None,
        "requested_by": "",
        "decided_at": None,
        "reason": "",
        "expires_on": None,
    }


def _shape(row: Any, chosen: str, today: date) -> dict[str, Any]:
    usable = counts(row.state, row.expires_on, today)
    expired = row.state == CallerIdState.VERIFIED and not usable
    return {
        "id": row.id,
        "number": row.number,
        "shown": display(row.number),
        "state": "expired" if expired else row.state,
        "usable": usable,
        "chosen": row.number == chosen,
        "evidence": row.evidence_name,
        "requested_at": row.requested_at,
        "requested_by": row.requested_by,
        "decided_at": row.decided_at,
        "reason": row.reason,
        "expires_on": row.expires_on,
    }


def _shown_name(filename: str) -> str:
    """The file's own name, without folders."""
    return flattened(filename.replace("\\", "/").rpartition("/")[2])[-100:] or "-"
