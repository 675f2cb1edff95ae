"""What takes the processor away from calls is done so often a minute from one address, and no more."""

from __future__ import annotations

import re

import pytest

from admin_ui.api.ars import UPLOADING

HEAVY = [
    ("post", "/ars/check"),
    ("post", "/ars/preview"),
    ("post", "/ars/texts"),
    ("post", "/ars/rehearsal"),
    ("post", "/ars/apply"),
    ("post", "/ars/versions/1/restore"),
    ("post", "/ars/speech"),
    ("post", "/ars/prompts"),
    ("put", "/ars/draft"),
    ("post", "/caller-ids"),
    ("post", "/agents.xlsx"),
    ("post", "/agents"),
    ("post", "/agents/1/password"),
    ("post", "/agents/1/sip-account"),
    ("put", "/assignments"),
    ("put", "/settings"),
    ("post", "/settings/integration-test"),
]


@pytest.mark.parametrize(("method", "path"), HEAVY)
def test_each_heavy_request_has_its_limit(program, method, path) -> None:
    answer = getattr(program("demo", "admin"), method)(path, json={})
    assert int(answer.headers["X-RateLimit-Limit"]) <= 300


@pytest.mark.parametrize(
    ("language", "says"),
    [("ko", r"요청이 너무 많습니다\. (\d+)초 후"), ("en", r"Too many requests\. Wait (\d+) s")],
)
def test_who_is_over_it_is_told_how_long_to_wait(program, language, says) -> None:
    asked = program("demo", "admin")
    answers = [
        asked.post("/agents.xlsx", headers={"Accept-Language": language})
        for _ in range(int(UPLOADING.partition("/")[0]) + 1)
    ]
    assert [answer.status_code for answer in answers] == [422] * (len(answers) - 1) + [429]
    told = answers[-1]
    wait = int(re.search(says, told.json["message"])[1])
    assert 1 <= wait <= 60 and told.json["details"] == {"seconds": wait}
    assert abs(int(told.headers["Retry-After"]) - wait) <= 1
    assert asked.get("/agents.xlsx").status_code == 200


def test_reading_is_not_counted_with_it(program) -> None:
    assert "X-RateLimit-Limit" not in program("demo", "admin").get("/ars/draft").headers
