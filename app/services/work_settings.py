"""업무관리 and 접근관리: what holds for all agents of a tenant, the 연동 URL, and from where managers may come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.integration import fill, url_problem
from app.core.networks import contains, parse_address, parse_network, written
from app.ports import Integration, IntegrationFailed
from app.services.errors import Refused
from app.services.live_changes import LiveChanges
from app.services.masking import national
from app.services.people import Person
from app.services.problems import Problems, one_problem
from app.services.time_zones import FirstDifference, check_zone

RANGES: dict[str, tuple[int, int]] = {
    "recall_seconds": (5, 120),
    "misses_before_break": (0, 20),
    "service_level_seconds": (1, 600),
    "short_abandon_seconds": (0, 60),
    "service_level_target": (1, 100),
    "response_target": (1, 100),
}
"""Lowest and highest value; ``misses_before_break`` 0 means never."""

CHOICES: dict[str, tuple[str, ...]] = {
    "status_after_login": ("available", "on_break"),
    "status_after_call": ("available", "on_break", "wrap_up"),
}

FIELDS = (*CHOICES, *RANGES, "integration_url", "allowed_addresses", "timezone")

CALLS_DEPEND_ON = frozenset(
    (*CHOICES, "recall_seconds", "misses_before_break", "service_level_seconds", "short_abandon_seconds", "timezone")
)

MOST_NETWORKS = 50

SAMPLE = {"number": "01012345678", "agent": "agent1", "menu": "배송 문의", "call": "test-call"}
"""What the test button fills into the gaps."""


class WorkSettings:
    """Use cases over a store (app.adapters.sql.store.Store), for managers. ``integration`` reaches outside,
    ``first_difference`` knows the switch's clock."""

    def __init__(
        self, store: Any, changes: LiveChanges, integration: Integration, first_difference: FirstDifference
    ) -> None:
        self._first_difference = first_difference
        self._store = store
        self._changes = changes
        self._integration = integration

    def show(self, person: Person) -> dict[str, Any]:
        """The present values, by field."""
        tenant = self._store.for_tenant(person.tenant_id).tenant()
        return {name: getattr(tenant, name) for name in FIELDS}

    def save(self, person: Person, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change the fields given, all or none; what calls depend on is live at once.

        Raises Refused ``check_fields``, ``not_published``.
        """
        before = self.show(person)
        problems = Problems()
        clean = {name: self._checked(person, name, value, problems) for name, value in values.items()}
        problems.refuse()
        changed = {name: value for name, value in clean.items() if value != before[name]}
        if changed.get("integration_url"):
            self._look_up(changed["integration_url"])
        if changed:

            def change(rows: Any) -> tuple[None, dict[str, Any]]:
                rows.update_tenant(**changed)
                return None, {name: [before[name], value] for name, value in changed.items()}

            self._changes.make(person, "change", change, live=not CALLS_DEPEND_ON.isdisjoint(changed))
        return self.show(person)

    def test_integration(self, person: Person, template: str) -> dict[str, Any]:
        """Call the URL once with sample values: ``{"url", "address", "status", "location", "first_line",
        "seconds"}``. Raises Refused ``check_fields`` with the reason at ``integration_url`` (``url``)."""
        problem = url_problem(template.strip())
        if problem is not None or not template.strip():
            raise one_problem("url", problem or "required")
        url = fill(template.strip(), SAMPLE)
        try:
            answer = self._integration.call(url)
        except IntegrationFailed as failure:
            self._changes.note(person, "test", url=template, result=failure.code)
            raise one_problem("url", failure.code, **failure.details) from failure
        self._changes.note(person, "test", url=template, result=str(answer.status))
        return {
            "url": url,
            "address": answer.address,
            "status": answer.status,
            "location": answer.location,
            "first_line": answer.first_line,
            "seconds": round(answer.seconds, 2),
        }

    def call_url(self, person: Person, call: Mapping[str, Any] | None) -> str:
        """The 연동 URL of the call that an agent has, with the customer's data filled in; empty without a URL or for a
        call within the house. ``call``: as the live view has it."""
        if call is None or call.get("direction") not in ("inbound", "outbound"):
            return ""
        template = str(self._store.for_tenant(person.tenant_id).tenant().integration_url)
        digits = "".join(char for char in national(str(call.get("number") or "")) if char.isdigit())
        values = {
            "number": digits,
            "agent": person.login,
            "menu": str(call.get("queue") or ""),
            "call": str(call.get("id") or ""),
        }
        return fill(template, values) if template else ""

    # -- checks -----------------------------------------------------------------------------------

    def _checked(self, person: Person, name: str, value: Any, problems: Problems) -> Any:
        if name in RANGES:
            return problems.number(name, value, *RANGES[name])
        if name in CHOICES:
            if value not in CHOICES[name]:
                problems.add(name, "choose_again")
            return value
        if name == "integration_url":
            url = value.strip()
            if url and (problem := url_problem(url)):
                problems.add(name, problem)
            return url
        if name == "timezone":
            return self._zone(person, value, problems)
        return self._networks(person, value, problems)

    def _zone(self, person: Person, name: str, problems: Problems) -> str:
        if name != self._store.for_tenant(person.tenant_id).tenant().timezone:
            try:
                check_zone(name, self._first_difference)
            except Refused as refusal:
                problems.add("timezone", refusal.code, **refusal.details)
        return name

    @staticmethod
    def _networks(person: Person, texts: Sequence[str], problems: Problems) -> list[str]:
        """The networks as they are kept. Nobody may lock themselves out."""
        found: list[str] = []
        for place, text in enumerate(texts):
            try:
                network = written(parse_network(text))
            except ValueError:
                problems.add(f"allowed_addresses.{place}", "network_form", value=text[:60])
                continue
            if network not in found:
                found.append(network)
        if len(found) > MOST_NETWORKS:
            problems.add("allowed_addresses", "network_too_many", limit=MOST_NETWORKS)
        elif found and not problems.found and not contains(found, person.address):
            problems.add("allowed_addresses", "network_locks_out", address=shown_address(person.address))
        return found

    def _look_up(self, template: str) -> None:
        """Refuses a URL whose host is not found, or has an address that is not public."""
        try:
            self._integration.check(fill(template, SAMPLE))
        except IntegrationFailed as failure:
            raise one_problem("integration_url", failure.code, **failure.details) from failure


def shown_address(address: str) -> str:
    """The address that a request came from, as it is to be entered."""
    try:
        return str(parse_address(address))
    except ValueError:
        return address
