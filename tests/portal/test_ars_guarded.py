"""ARS서비스 and 발신번호 from outside: other tenants, agents, forged requests, hostile names, large bodies."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from tests.portal.outside import sound
from tests.portal.test_ars_draft import document
from tests.portal.test_caller_ids import PDF, ask

HOSTILE = """<script>alert(1)</script> &amp; "quoted" 'single' ${uuid} {0} $(id) `id` %s"""

ROUTES = [
    ("get", "/ars/draft", None),
    ("put", "/ars/draft", {"document": {}}),
    ("delete", "/ars/draft", None),
    ("post", "/ars/texts", {"document": {}}),
    ("get", "/ars/changes", None),
    ("post", "/ars/check", {}),
    ("post", "/ars/preview", {"at": "2026-12-01T10:00"}),
    ("post", "/ars/rehearsal", {}),
    ("post", "/ars/apply", {}),
    ("get", "/ars/versions", None),
    ("get", "/ars/versions/1", None),
    ("post", "/ars/versions/1/restore", None),
    ("post", "/ars/speech", {"text": "안녕하세요"}),
    ("post", "/ars/prompts", None),
    ("get", "/ars/prompts", None),
    ("get", "/ars/prompts/1", None),
    ("delete", "/ars/prompts/1", None),
    ("get", "/ars/holidays?year=2027", None),
    ("get", "/caller-ids", None),
    ("post", "/caller-ids", None),
    ("delete", "/caller-ids/1", None),
    ("get", "/caller-ids/1/evidence", None),
    ("put", "/caller-id", {"number": "07040000001"}),
]


def call(who: Any, method: str, path: str, body: Any) -> Any:
    """As a program writes it: everything but ASCII as \\u…."""
    kwargs = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(who, method)(path, **kwargs)


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=[f"{one[0]} {one[1]}" for one in ROUTES])
def test_agents_and_strangers_have_no_business_here(program, client, method, path, body) -> None:
    refused = call(program("demo", "agent1"), method, path, body)
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    kwargs = {} if body is None else {"json": body}
    stranger = getattr(client, method)(f"/api/v1{path}", headers={"Authorization": "Bearer nothing"}, **kwargs)
    assert (stranger.status_code, stranger.json["code"]) == (401, "not_authenticated")


def test_all_routes_are_tried_here(app) -> None:
    tried = {path.partition("?")[0].replace("/1", "/_") for _, path, _ in ROUTES}
    there = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/api/v1/ars/", "/api/v1/caller-id")):
            parts = rule.rule.removeprefix("/api/v1").split("/")
            there.add("/".join("_" if part.startswith("<") else part for part in parts))
    assert there == tried


def test_another_tenants_things_are_not_found(program, world) -> None:
    theirs, mine = program("other", "admin"), program("demo", "admin")
    world.tenants["other"].add_did("07050000001")
    theirs.put("/ars/draft", json={"document": document()})
    theirs.post("/ars/apply", json={})
    version = theirs.get("/ars/versions").json["items"][0]["id"]
    file = theirs.post("/ars/prompts", data={"file": (io.BytesIO(sound(1)), "theirs.wav")}).json["id"]
    caller_id = ask(theirs).json["id"]
    queue = theirs.get("/ars/draft").json["document"]["menu"][0]["queue_id"]
    for method, path in (
        ("get", f"/ars/versions/{version}"),
        ("post", f"/ars/versions/{version}/restore"),
        ("get", f"/ars/prompts/{file}"),
        ("delete", f"/caller-ids/{caller_id}"),
        ("get", f"/caller-ids/{caller_id}/evidence"),
    ):
        assert getattr(mine, method)(path).status_code == 404, path
    stolen = document(uploads={"greeting": file})
    stolen["menu"][0]["queue_id"] = queue
    problems = mine.put("/ars/draft", json={"document": stolen}).json["details"]["problems"]
    assert {(one["where"], one["code"]) for one in problems} == {
        ("menu.0.queue_id", "unknown_queue"),
        ("uploads.greeting", "unknown_upload"),
    }
    assert mine.get("/ars/versions").json["total"] == 0
    assert mine.put("/caller-id", json={"number": "02-1234-5678"}).json["code"] == "caller_id_not_verified"
    assert mine.get("/ars/draft").json["files"] == {}
    assert theirs.get(f"/caller-ids/{caller_id}/evidence").data == PDF


def test_a_session_s_changes_need_the_token(log_in, client) -> None:
    token = log_in("admin", role="manager").json["csrf_token"]
    for method, path, body in ROUTES:
        if method != "get":
            kwargs = {} if body is None else {"json": body}
            refused = getattr(client, method)(f"/api/v1{path}", **kwargs)
            assert (refused.status_code, refused.json["code"]) == (403, "csrf"), path
    headers = {"X-CSRFToken": token}
    assert client.put("/api/v1/ars/draft", json={"document": document()}, headers=headers).status_code == 200
    sent = {"file": (io.BytesIO(sound(40)), "long.wav")}
    assert client.post("/api/v1/ars/prompts", data=sent, headers=headers).status_code == 201


def test_what_is_typed_is_text_everywhere(program, world) -> None:
    manager = program("demo", "admin")
    world.tenants["demo"].add_did("07040000001")
    name = """<b>"'&amp;'"</b> ${uuid} $(id)"""
    typed = document(
        menu=[
            {"digit": "1", "name": f"{name}\r\n\t `id`\n"},
            {"digit": "2", "name": "안내", "announcement": HOSTILE},
        ],
        texts={"greeting": f"{HOSTILE}\n두 번째 줄"},
        holidays=[{"day": "2027-01-01", "name": name, "kind": "own", "yearly": True}],
    )
    saved = manager.put("/ars/draft", json={"document": typed}).json["document"]
    assert saved["menu"][0]["name"] == f"{name} `id`"
    assert saved["menu"][1]["announcement"] == HOSTILE
    assert saved["texts"]["greeting"] == f"{HOSTILE} 두 번째 줄"
    assert manager.post("/ars/apply", json={"note": HOSTILE}).status_code == 200
    (version,) = manager.get("/ars/versions").json["items"]
    assert version["note"] == HOSTILE
    for path in (world.settings.state / "dialplan").rglob("*.xml"):
        for element in ElementTree.fromstring(path.read_text("utf-8")).iter():
            if element.tag in ("action", "condition"):
                texts = [value for value in element.attrib.values() if "alert" in value or "$(id)" in value]
                assert not texts, (path, element.attrib)
    heard = manager.post("/ars/preview", json={"at": "2026-12-01T10:00", "keys": ["2"]}).json["heard"]
    assert HOSTILE in next(one["text"] for one in heard if one["name"] == "announcement_2")


@pytest.mark.parametrize("bad", ["a\x07b", "a\x1bb", "\ue000"])
def test_control_characters_are_refused(program, bad) -> None:
    typed = document(texts={"greeting": bad})
    typed["menu"][0]["name"] = bad
    body = json.dumps({"document": typed})
    answer = program("demo", "admin").put("/ars/draft", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert {one["code"] for one in answer.json["details"]["problems"]} == {"control_characters"}


@pytest.mark.parametrize("bad", ["a\x00b", "\ud800"])
def test_what_is_no_text_at_all_is_a_malformed_body(program, bad) -> None:
    body = json.dumps({"document": document(texts={"greeting": bad})})
    answer = program("demo", "admin").put("/ars/draft", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")


def test_invisible_characters_go_and_hangul_is_composed(program) -> None:
    typed = document(texts={"greeting": "\u200b\ufeff안\u202e녕"})
    typed["menu"][0]["name"] = "\u1112\u1161\u11ab"
    saved = program("demo", "admin").put("/ars/draft", json={"document": typed}).json["document"]
    assert (saved["texts"]["greeting"], saved["menu"][0]["name"]) == ("안녕", "한")


HUGE = 10**30
ODD = [
    {},
    {"menu": None},
    {"menu": {}},
    {"menu": [None, 1, "x", []]},
    {"menu": [{"digit": 1, "name": 2, "queue_id": "3", "announcement": 4, "entries": 5, "queue": 6}]},
    {"menu": [{"digit": "1", "name": "x", "queue_id": HUGE}]},
    {"menu": [{"digit": "1", "name": "x", "queue_id": True}]},
    {"menu": [{"digit": "1", "name": "x", "queue": {"priority": HUGE, "callback": [], "strategy": {}}}]},
    {"menu": [{"digit": "1", "name": "x", "queue": {"callback_key": "", "announce_position": "yes"}}]},
    {"menu": [{"digit": "1", "name": "x", "entries": [{"digit": "1", "name": "y", "entries": [{}]}]}]},
    {"menu": [{"digit": "1", "name": "x"}] * 100},
    {"slots": [{"weekdays": "01", "start": None, "end": 5, "open": 1, "name": None}]},
    {"slots": [{"weekdays": [HUGE, -1, 1.5, True], "start": "٠٩:٠٠", "end": "24:01"}]},
    {"slots": "x", "holidays": 3, "texts": [], "uploads": "y"},
    {"holidays": [{"day": "0001-01-01", "name": "x"}, {"day": "2026-W01-1", "name": "x"}, {"day": 20260101}]},
    {"texts": {"greeting": 1, "x" * 1000: "y"}},
    {"uploads": {"greeting": "7", "menu_1": -1, "announcement_99": HUGE}},
    {"menu_tries": 0, "menu_timeout_seconds": 31},
    {"menu_tries": "3", "menu_timeout_seconds": None},
    {"prompts": {"greeting": "/etc/passwd"}},
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_documents_that_are_none_are_refused_never_an_error_of_ours(program, odd) -> None:
    manager = program("demo", "admin")
    for method, path in (("put", "/ars/draft"), ("post", "/ars/texts")):
        body = json.dumps({"document": odd})
        answer = getattr(manager, method)(path, data=body, content_type="application/json")
        assert answer.status_code == (200 if odd == {} else 422), answer.data
        json.loads(answer.data.decode())


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("put", "/ars/draft", {"document": []}),
        ("put", "/ars/draft", {"document": {}, "revision": 5}),
        ("put", "/ars/draft", {}),
        ("put", "/ars/draft", {"document": {}, "\ud800": 1}),
        ("post", "/ars/apply", {"note": "\ud800"}),
        ("put", "/caller-id", {"number": "\ud800"}),
        ("post", "/ars/preview", {"at": "0001-01-01T00:00"}),
        ("post", "/ars/preview", {"at": "9999-12-31T23:59"}),
        ("post", "/ars/preview", {"at": "2026-12-01T10:00+09:00"}),
        ("post", "/ars/preview", {"at": "2026-12-01T10:00", "keys": ["12"]}),
        ("post", "/ars/preview", {"at": "2026-12-01T10:00", "keys": ["1"] * 41}),
        ("post", "/ars/preview", {"at": "2026-12-01T10:00", "did": "112"}),
        ("post", "/ars/speech", {"text": "\u200b"}),
        ("post", "/ars/speech", {"text": "가" * 601}),
        ("post", "/ars/preview", {"at": "2026-12-01T10:00", "caller_number": "+1x"}),
        ("post", "/ars/speech", {"text": "a\x00"}),
        ("get", f"/ars/versions/{HUGE}", None),
        ("get", "/ars/versions?page=0", None),
        ("get", "/ars/prompts/..%2f..%2fetc%2fpasswd", None),
        ("delete", f"/caller-ids/{HUGE}", None),
        ("put", "/caller-id", {"number": "\x00"}),
        ("put", "/caller-id", {"number": "²" * 20}),
        ("post", "/caller-ids", {"number": "02-1234-5678"}),
    ],
)
def test_requests_that_are_none(program, world, method, path, body) -> None:
    world.tenants["demo"].add_did("07040000001")
    answer = call(program("demo", "admin"), method, path, body)
    assert 400 <= answer.status_code < 500, answer.data


def test_uploads_may_be_large_and_only_they_and_only_of_people_who_are_known(program, client) -> None:
    manager = program("demo", "admin")
    large = sound(200)
    assert len(large) > 6_000_000
    assert manager.post("/ars/prompts", data={"file": (io.BytesIO(large), "a.wav")}).status_code == 201
    huge = b"R" * 12_000_000
    answer = manager.post("/ars/prompts", data={"file": (io.BytesIO(huge), "a.wav")})
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert "10MB" in answer.json["message"]
    answer = client.post("/api/v1/ars/prompts", data={"file": (io.BytesIO(large), "a.wav")})
    assert answer.status_code in (401, 403, 413)
    answer = manager.put("/ars/draft", data=b" " * 1_100_000, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_the_description_of_the_api_has_all_of_it(client) -> None:
    from openapi_spec_validator import validate

    spec = client.get("/api/v1/openapi.json").json
    validate(spec)
    paths = spec["paths"]
    assert {"get", "put", "delete"} <= paths["/api/v1/ars/draft"].keys()
    assert "Document" in spec["components"]["schemas"]
