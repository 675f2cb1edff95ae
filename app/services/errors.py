"""Refusals of the use cases: a stable code, an HTTP status that fits it, and details for programs."""

from __future__ import annotations

from app.core.errors import CoreError

STATUS = {
    "bad_credentials": 401,
    "not_authenticated": 401,
    "locked": 423,
    "forbidden": 403,
    "csrf": 403,
    "address_not_allowed": 403,
    "not_found": 404,
    "no_recording": 404,
    "recording_gone": 404,
    "no_such_callback": 404,
    "unknown_agent": 404,
    "unknown_command": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "upload_too_large": 413,
    "upload_empty": 422,
    "upload_not_sound": 422,
    "upload_damaged": 422,
    "upload_silent": 422,
    "upload_too_long": 422,
    "upload_too_short": 422,
    "upload_busy": 503,
    "nothing_to_speak": 422,
    "text_too_long_to_speak": 422,
    "no_speech": 503,
    "speech_failed": 503,
    "speech_busy": 503,
    "too_long": 422,
    "invalid": 422,
    "bad_period": 422,
    "date_out_of_range": 422,
    "not_your_call": 403,
    "agent_not_in_call": 422,
    "invalid_ars": 422,
    "no_such_number": 422,
    "bad_caller_id": 422,
    "caller_id_not_verified": 422,
    "bad_evidence": 422,
    "evidence_missing": 422,
    "evidence_too_large": 413,
    "evidence_gone": 404,
    "rehearsal_busy": 503,
    "rehearsal_time_over": 504,
    "rehearsal_broken": 500,
    "not_published": 503,
    "publication_rejected": 503,
    "unknown_contact_type": 422,
    "weak_password": 422,
    "check_fields": 422,
    "sheet_has_errors": 422,
    "not_xlsx": 422,
    "sheet_old_format": 422,
    "sheet_macros": 422,
    "sheet_too_big": 422,
    "sheet_file_too_big": 422,
    "sheet_too_long": 422,
    "sheet_too_many": 422,
    "sheet_no_header": 422,
    "sheet_unknown_column": 422,
    "sheet_column_twice": 422,
    "sheet_empty": 422,
    "no_file": 422,
    "zone_unknown": 422,
    "zone_unsayable": 422,
    "wrong_password": 422,
    "agent_required": 422,
    "number_unknown": 422,
    "bad_number": 422,
    "bad_digits": 422,
    "bad_status": 422,
    "bad_request": 400,
    "international_refused": 403,
    "number_blocked": 403,
    "too_many_requests": 429,
    "internal": 500,
    "saved_not_live": 503,
    "no_switch": 503,
    "not_ready": 503,
    "controller_timeout": 504,
}
"""HTTP status by code. What is not listed is a conflict with the present state: 409."""


class Refused(CoreError):
    """A use case refuses. ``code`` has words in ``app.services.messages``; ``details`` fill their gaps."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, **details)
        self.code = code

    @property
    def status(self) -> int:
        return status_of(self.code)


def status_of(code: str) -> int:
    """The HTTP status of a refusal."""
    return STATUS.get(code, 409)
