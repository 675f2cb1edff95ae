"""Errors of the core: codes that screens and the API translate."""

from __future__ import annotations


class CoreError(Exception):
    """Base. ``code`` is stable, for programs; people get its translation (app.services.messages)."""

    code = "error"

    def __init__(self, message: str = "", **details: object) -> None:
        super().__init__(message or self.code)
        self.details = details


class NoTransition(CoreError):
    """A state table has no row for what happened: nothing was changed."""

    code = "no_transition"


class CommandRefused(CoreError):
    """A person's command cannot be done now. ``code`` says why.

    Codes: unknown_agent, not_logged_in, in_call, no_call, not_ringing, not_available, target_not_available,
    bad_number, international_refused, number_blocked, no_caller_id, not_under_contract, lines_full,
    phone_not_registered, no_consult, already_held, not_held, bad_status, bad_digits, no_switch.
    """

    def __init__(self, code: str, message: str = "", **details: object) -> None:
        super().__init__(message or code, **details)
        self.code = code


class InvalidDefinition(CoreError):
    """A tenant's settings contradict themselves; ``details`` names field and value."""

    code = "invalid_definition"


class AlreadyTaken(CoreError):
    """A name, login or number exists already; ``details["field"]`` says which."""

    code = "already_taken"


class NotFound(CoreError):
    """No such thing within this tenant; ``details`` names what was looked for."""

    code = "not_found"


class ChangedMeanwhile(CoreError):
    """Somebody else saved in between; ``details`` has ``by``, ``at`` (ISO) and the present ``revision``."""

    code = "changed_meanwhile"


class LicencesUsedUp(CoreError):
    """The tenant has as many agents as licences; ``details["licences"]`` says how many."""

    code = "licences_used_up"
