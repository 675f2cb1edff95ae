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
    bad_number, international_refused, number_blocked, no_caller_id, not_under_contract, lines_full, phone_not_registered,
    no_consult, already_held, not_held, bad_status, bad_digits, no_switch.
    """

    def __init__(self, code: str, message: str = "", **details: object) -> None:
        super().__init__(message or code, **details)
        self.code = code


class InvalidDefinition(CoreError):
    """A tenant's settings contradict themselves; ``details`` names field and value."""

    code = "invalid_definition"
