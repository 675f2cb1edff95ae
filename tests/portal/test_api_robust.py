"""The API and what no well-meaning program sends: refused in both languages, nothing logged as an error of ours."""

from __future__ import annotations

import json
import logging

import pytest

from app.services import messages

BIG = 99999999999999999999
BEYOND = 2**63

DEEP = ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 5_000 + "1" + "}" * 5_000, "[" * 900 + "]" * 900]
BODIES = {
    "surrogate": '{"name": "\\ud800", "inquiry": "\\ud800"}',
    "NUL": '{"name": "a\\u0000b", "inquiry": "a\\u0000b"}',
    "NUL in a key": '{"a\\u0000": 1}',
    "not a number": '{"name": NaN}',
    "not UTF-8": b'{"name": "\xff"}',
}
ENDPOINTS = [
    ("post", "/agents"),
    ("post", "/groups"),
    ("post", "/contact-types"),
    ("put", "/calls/x/wrap-up"),
    ("post", "/agent/dial"),
    ("put", "/ars/draft"),
    ("put", "/settings"),
    ("put", "/me/password"),
    ("post", "/session"),
]


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog):
    yield
    assert [row.getMessage() for row in caplog.records if row.levelno >= logging.ERROR] == []


def refused(answer, statuses=(400, 404, 422)) -> None:
    assert answer.status_code in statuses, answer.get_data(as_text=True)
    assert answer.json.keys() == {"code", "message", "details"} and answer.json["message"]


def test_nesting_without_end_is_a_malformed_body(program) -> None:
    manager = program("demo", "admin")
    for body in DEEP:
        for method, path in ENDPOINTS:
            refused(getattr(manager, method)(path, data=body, content_type="application/json"), (400,))


def test_nor_does_nesting_need_a_login_to_be_refused(client) -> None:
    for body in DEEP:
        refused(client.post("/api/v1/session", data=body, content_type="application/json"), (400,))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_text_that_no_database_keeps_is_a_malformed_body(program, body) -> None:
    manager = program("demo", "admin")
    for method, path in ENDPOINTS:
        refused(getattr(manager, method)(path, data=body, content_type="application/json"), (400,))


def test_a_backslash_before_u0000_is_text(program) -> None:
    manager = program("demo", "admin")
    made = manager.post("/contact-types", data='{"name": "a\\\\u0000"}', content_type="application/json")
    assert made.status_code in (200, 201), made.json
    assert any(row["name"] == "a\\u0000" for row in manager.get("/contact-types").json)


def test_nul_in_addresses_and_forms_is_refused(program, client) -> None:
    manager = program("demo", "admin")
    for path in ("/calls/a%00b", "/calls/%00/wrap-up", "/callbacks?state=%00", "/nothing?%00"):
        refused(manager.get(path), (400, 404))
    assert manager.post("/caller-ids", data={"number": "0212\0"}).status_code == 400


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/calls",
        "/callbacks",
        "/statistics/queues",
        "/statistics/agents",
        "/statistics/contact-types",
        "/statistics/queues.xlsx",
        "/statistics/agents.xlsx",
        "/statistics/contact-types.xlsx",
    ],
)
def test_days_outside_a_century_are_refused(program, path, language) -> None:
    manager = program("demo", "admin")
    words = "날짜를 확인해 주세요" if language == "ko" else "Check the dates"
    for query in (
        "from=0001-01-01&to=0001-01-01",
        "from=9999-12-31&to=9999-12-31",
        "to=9999-12-31",
        "from=1999-12-31&to=2000-01-01",
        "from=2100-12-31&to=2101-01-01",
    ):
        answer = manager.get(f"{path}?{query}", headers={"Accept-Language": language})
        refused(answer, (422,))
        assert answer.json["code"] == "date_out_of_range"
        assert words in answer.json["message"] and "2100-12-31" in answer.json["message"]


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_the_first_and_the_last_day_count(program, day) -> None:
    for path in ("/calls", "/callbacks", "/statistics/queues"):
        assert program("demo", "admin").get(f"{path}?from={day}&to={day}").status_code == 200


@pytest.mark.parametrize("number", [BIG, BEYOND, 2**63 - 1])
def test_identities_that_no_database_has_are_not_found(program, number) -> None:
    manager = program("demo", "admin")
    kinds = ("agents", "groups", "skills", "contact-types", "break-reasons", "callbacks")
    paths = [f"/{kind}/{number}" for kind in kinds]
    for path in [*paths, f"/agents/{number}/password", f"/ars/versions/{number}"]:
        for method in ("get", "put", "patch", "post", "delete"):
            answer = getattr(manager, method)(path, **({} if method == "get" else {"json": {"name": "이름"}}))
            refused(answer, (404, 405, 422))


def integers(app) -> list[tuple[str, str, dict]]:
    """Every JSON body of the description with each of its whole numbers, at whatever depth, beyond 64 bits."""
    description = app.test_client().get("/api/v1/openapi.json").json

    def resolve(schema):
        while "$ref" in schema:
            schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def values(schema, depth=0):
        schema = resolve(schema)
        kind = schema.get("type")
        if kind == "integer" or (isinstance(kind, list) and "integer" in kind):
            yield BIG
            yield BEYOND
        elif kind == "array" and depth < 6:
            for value in values(schema["items"], depth + 1):
                yield [value]
        elif depth < 6:
            for name, part in schema.get("properties", {}).items():
                for value in values(part, depth + 1):
                    yield {name: value}

    found = []
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in content:
                schema = content["application/json"]["schema"]
                address = path.removeprefix("/api/v1").replace("{call_id}", "x")
                while "{" in address:
                    address = address[: address.index("{")] + "1" + address[address.index("}") + 1 :]
                found += [(method, address, value) for value in values(schema)]
    return found


def test_whole_numbers_beyond_64_bits_in_bodies_are_refused(app, program) -> None:
    manager = program("demo", "admin")
    cases = integers(app)
    assert len(cases) > 30
    for method, path, body in cases:
        answer = getattr(manager, method)(path, data=json.dumps(body), content_type="application/json")
        assert 400 <= answer.status_code < 500, (method, path, body, answer.json)


def test_pages_survive_such_addresses(log_in, client) -> None:
    log_in("admin", role="manager")
    nines = "9" * 5000
    for path in (
        f"/statistics/queues?id={nines}",
        f"/statistics/queues?service_level_seconds={nines}",
        "/statistics/queues?from=0001-01-01&to=0001-01-02",
        "/history/calls?from=9999-12-31&to=9999-12-31",
        "/history/callbacks?from=0001-01-01",
    ):
        page = client.get(path)
        assert page.status_code == 200
        if "from=" in path:
            assert "2000-01-01부터" in page.get_data(as_text=True), path


def test_whole_numbers_beyond_64_bits_in_a_draft_are_refused(program) -> None:
    manager = program("demo", "admin")
    for document in (
        {"menu": [{"digit": "1", "name": "주문", "queue_id": BIG}]},
        {"menu": [{"digit": "1", "name": "주문", "queue_id": BEYOND}]},
        {"uploads": {"greeting": BIG}},
        {"uploads": {"greeting": BEYOND}},
        {"holidays": [{"day": "0001-01-01", "name": "휴일", "kind": "own", "yearly": True}]},
    ):
        shown = manager.get("/ars/draft").json
        whole = {**shown["document"], **document}
        for method, path in (("put", "/ars/draft"), ("post", "/ars/check"), ("post", "/ars/preview")):
            body = {"document": whole} | ({"revision": shown["revision"]} if method == "put" else {})
            assert getattr(manager, method)(path, json=body).status_code < 500, (path, document)


def test_the_number_of_an_error_is_told_without_a_doubled_particle() -> None:
    assert messages.text("internal", "ko", reference="304ee977").endswith("이 오류번호를 알려 주세요: 304ee977")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer bogus"}], ids=["none", "bogus"])
def test_who_is_not_known_is_told_that_first_whatever_is_sent(client, headers) -> None:
    for path in ("/agent/hold", "/agent/dial", "/contact-types", "/caller-ids", "/ars/draft", "/calls/x/wrap-up"):
        for method in ("get", "post", "put", "delete"):
            for body in ({}, {"json": {"rubbish": 1}}, {"data": "[" * 50_000, "content_type": "application/json"}):
                answer = getattr(client, method)(f"/api/v1{path}", headers=headers, **body)
                if answer.status_code not in (404, 405):
                    assert (answer.status_code, answer.json["code"]) == (401, "not_authenticated"), (method, path)
    assert client.get("/api/v1/agents?page=x", headers=headers).status_code == 401
    assert client.post("/api/v1/agent/hold", json={}, headers=headers).status_code == 401
    assert client.post("/api/v1/nothing", json={}, headers=headers).json["code"] == "not_found"
    assert client.delete("/api/v1/session", headers=headers).status_code == 401
    assert client.get("/api/v1/openapi.json", headers=headers).status_code == 200


def test_a_session_still_needs_its_pages_token(log_in, client) -> None:
    assert log_in().status_code == 200
    for method, path in (("post", "/agent/hold"), ("delete", "/session")):
        answer = getattr(client, method)(f"/api/v1{path}", json={})
        assert (answer.status_code, answer.json["code"]) == (403, "csrf")


def test_moments_are_iso_8601_everywhere(program) -> None:
    assert program("demo", "admin").get("/dashboard").json["at"] == "2026-11-20T05:30:00+00:00"
