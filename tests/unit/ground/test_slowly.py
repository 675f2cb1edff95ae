"""What the web does beside its loop."""

from __future__ import annotations

import threading

import pytest

from app.bootstrap.web import slowly
from app.services.errors import Refused


def test_work_is_done_in_a_thread_and_a_refusal_comes_back_as_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    here = threading.get_ident()
    assert slowly(lambda: threading.get_ident() != here) is True

    def refuse(code: str) -> None:
        raise Refused(code)

    with pytest.raises(Refused, match="nothing_to_apply"):
        slowly(refuse, "nothing_to_apply")
    assert capfd.readouterr().err == "", "a refusal is an answer, nothing for the log"
