"""Numbers that are none, or larger than a database holds: refused or not found, never an error of ours."""

from __future__ import annotations

import pytest

HUGE = "99999999999999999999999"
PAGES = [
    "/statistics/queues?id=²",
    "/statistics/queues?service_level_seconds=²",
    f"/statistics/queues?id={HUGE}",
    "/history/calls?queue_id=²",
    f"/history/calls?queue_id={HUGE}&agent_id={HUGE}",
    "/history/calls?page=²",
    f"/history/calls?page={HUGE}",
    "/history/calls?number=%00",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages(log_in, client, path) -> None:
    log_in("admin", role="manager")
    assert client.get(path).status_code < 500


CALLS = [
    ("get", f"/calls?queue_id={HUGE}", None),
    ("get", f"/calls?agent_id={HUGE}", None),
    ("get", f"/calls?contact_type_id={HUGE}", None),
    ("get", f"/calls?page={HUGE}", None),
    ("get", "/calls?number=%00%27", None),
    ("get", "/calls/%00", None),
    ("get", "/calls/..%2f..%2fetc%2fpasswd/recording", None),
    ("get", f"/calls/x/wrap-up?agent_id={HUGE}", None),
    ("put", "/calls/x/wrap-up", {"inquiry": "a\0b", "action": "", "agent_id": int(HUGE)}),
    ("get", f"/callbacks?page={HUGE}", None),
    ("delete", f"/callbacks/{HUGE}", None),
    ("get", "/callbacks?from=0001-01-01&to=9999-12-31", None),
    ("get", "/calls?from=0001-01-01&to=9999-12-31", None),
    ("get", "/statistics/queues?from=0001-01-01&to=9999-12-31", None),
    ("post", "/agent/dial", {"agent_id": int(HUGE), "number": "1"}),
    ("post", "/agent/dial", {"agent_id": 1, "callback_id": int(HUGE)}),
    ("post", "/agent/transfer/blind", {"agent_id": 1, "target_queue": int(HUGE)}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=[path for _, path, _ in CALLS])
def test_the_api(program, method, path, body) -> None:
    kwargs = {} if body is None else {"json": body}
    assert getattr(program("demo", "admin"), method)(path, **kwargs).status_code < 500
