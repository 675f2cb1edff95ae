"""What differs between two ARS documents, told as a shop owner would tell it."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from app.core.ars_changes import Change, changes

DELIVERY = {"digit": "1", "name": "배송 문의", "queue_id": 3, "announcement": None, "entries": []}
RETURNS = {"digit": "2", "name": "반품 문의", "queue_id": 4, "announcement": None, "entries": []}
WAY = {"digit": "3", "name": "오시는 길", "queue_id": None, "announcement": "시청역 3번 출구입니다.", "entries": []}
REPAIRS = {
    "digit": "4", "name": "수리", "queue_id": None, "announcement": None,
    "entries": [
        {"digit": "1", "name": "냉장고", "queue_id": 5, "announcement": None},
        {"digit": "2", "name": "세탁기", "queue_id": 6, "announcement": None},
        {"digit": "3", "name": "안내", "queue_id": None, "announcement": "보증서를 준비해 주십시오."},
    ],
}  # fmt: skip
REPAIRS_TOLD = {
    "digit": "4", "name": "수리",
    "entries": [
        {"digit": "1", "name": "냉장고", "queue_id": 5},
        {"digit": "2", "name": "세탁기", "queue_id": 6},
        {"digit": "3", "name": "안내", "announcement": "보증서를 준비해 주십시오."},
    ],
}  # fmt: skip
SHOP: dict[str, Any] = {
    "menu": [DELIVERY, RETURNS, WAY, REPAIRS],
    "slots": [
        {"weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "18:00", "open": True, "name": "평일"},
        {"weekdays": [0, 1, 2, 3, 4], "start": "12:00", "end": "13:00", "open": False, "name": "점심"},
        {"weekdays": [5], "start": "10:00", "end": "15:00", "open": True, "name": "토요일"},
    ],
    "holidays": [
        {"day": "2026-02-17", "name": "설날", "kind": "public", "yearly": False},
        {"day": "2026-05-01", "name": "창립기념일", "kind": "own", "yearly": True},
    ],
    "prompts": {"greeting": "/prompts/t1/a.wav"},
    "texts": {"greeting": "어서 오세요.", "announcement_43": "보증서를 준비해 주세요."},
    "uploads": {"holiday": 7},
    "menu_tries": 3,
    "menu_timeout_seconds": 5,
}


def edited(edit: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = copy.deepcopy(SHOP)
    edit(document)
    return document


def told(edit: Callable[[dict[str, Any]], object]) -> list[tuple[str, str, Any, Any]]:
    return [(one.kind, one.where, one.before, one.after) for one in changes(SHOP, edited(edit))]


def swap(document: dict[str, Any], one: int, other: int) -> None:
    """The two entries change their keys and their places."""
    menu = document["menu"]
    menu[one]["digit"], menu[other]["digit"] = menu[other]["digit"], menu[one]["digit"]
    menu[one], menu[other] = menu[other], menu[one]


def test_a_document_does_not_differ_from_itself_however_it_is_written() -> None:
    def rewritten(document: dict[str, Any]) -> None:
        document["holidays"].reverse()
        document["slots"].reverse()
        document["slots"][0]["weekdays"] = [5, 5]
        document["slots"][1]["start"] = "12:00:00"
        document["prompts"] = {}
        document["texts"]["delay"] = "  "
        document["uploads"]["greeting"] = None
        document["texts"]["announcement_7"] = "누를 수 없는 번호"
        for entry in document["menu"][:2]:
            del entry["announcement"], entry["entries"]
        del document["menu_tries"]

    assert told(rewritten) == []


STORIES: list[tuple[str, Callable[[dict[str, Any]], object], list[tuple[str, str, Any, Any]]]] = [
    (
        "an entry keeps its agents but gets another key",
        lambda d: d["menu"][0].update(digit="7"),
        [("menu.moved", "menu.7", "1", "7")],
    ),
    (
        "two entries are exchanged",
        lambda d: swap(d, 0, 1),
        [("menu.moved", "menu.1", "2", "1"), ("menu.moved", "menu.2", "1", "2")],
    ),
    (
        "an entry is dragged elsewhere and keeps its key",
        lambda d: d["menu"].insert(0, d["menu"].pop(2)),
        [("menu.order", "menu", ["1", "2", "3", "4"], ["3", "1", "2", "4"])],
    ),
    (
        "an entry moves into the menu of repairs",
        lambda d: d["menu"][3]["entries"].append({**d["menu"].pop(1), "digit": "4"}),
        [("menu.moved", "menu.44", "2", "44")],
    ),
    (
        "a menu that gets another key takes its entries and their texts along",
        lambda d: (d["menu"][3].update(digit="9"), d["texts"].update(announcement_93="보증서를 준비해 주세요.")),
        [("menu.moved", "menu.9", "4", "9")],
    ),
    (
        "a menu that goes takes its entries and their texts along",
        lambda d: d["menu"].pop(3),
        [("menu.removed", "menu.4", REPAIRS_TOLD, None)],
    ),
    (
        "the menu of repairs is dissolved, but washing machines are still served",
        lambda d: d["menu"].append({**d["menu"].pop(3)["entries"][1], "digit": "4"}),
        [
            ("menu.removed", "menu.4", REPAIRS_TOLD, None),
            ("menu.moved", "menu.4", "42", "4"),
        ],
    ),
    (
        "an entry within the menu is renamed",
        lambda d: d["menu"][3]["entries"][0].update(name="김치냉장고"),
        [("menu.renamed", "menu.41", "냉장고", "김치냉장고")],
    ),
    (
        "other agents for the same entry",
        lambda d: d["menu"][0].update(queue_id=8),
        [("menu.target", "menu.1", {"to": "agents", "queue_id": 3}, {"to": "agents", "queue_id": 8})],
    ),
    (
        "an announcement becomes a menu entry with agents",
        lambda d: d["menu"][2].update(queue_id=8, announcement=None),
        [
            ("menu.target", "menu.3", {"to": "announcement"}, {"to": "agents", "queue_id": 8}),
            ("menu.announcement", "menu.3", "시청역 3번 출구입니다.", ""),
        ],
    ),
    (
        "one entry goes, another comes at its key",
        lambda d: d["menu"].__setitem__(1, {"digit": "2", "name": "이벤트", "queue_id": 9}),
        [
            ("menu.removed", "menu.2", {"digit": "2", "name": "반품 문의", "queue_id": 4}, None),
            ("menu.added", "menu.2", None, {"digit": "2", "name": "이벤트", "queue_id": 9}),
        ],
    ),
    (
        "a callback is offered after a minute",
        lambda d: d["menu"][0].update(queue={"callback": "after_seconds", "callback_after_seconds": 60}),
        [
            (
                "menu.callback", "menu.1",
                {"callback": "off", "callback_key": "*", "callback_after_seconds": 60},
                {"callback": "after_seconds", "callback_key": "*", "callback_after_seconds": 60},
            )
        ],
    ),
    (
        "the agents ring another way",
        lambda d: d["menu"][3]["entries"][1].update(queue={"strategy": "round_robin", "priority": 5}),
        [("menu.strategy", "menu.42", "longest_idle", "round_robin"), ("menu.priority", "menu.42", 0, 5)],
    ),
    (
        "closing earlier on weekdays",
        lambda d: d["slots"][0].update(end="17:30"),
        [("slot.changed", "slots", SHOP["slots"][0], {**SHOP["slots"][0], "end": "17:30"})],
    ),
    ("a slot is renamed", lambda d: d["slots"][1].update(name="식사"), [("slot.renamed", "slots", "점심", "식사")]),
    (
        "no lunch any more, but Sunday",
        lambda d: d["slots"].__setitem__(
            1, {"weekdays": [6], "start": "10:00", "end": "24:00", "open": True, "name": "일요일"}
        ),
        [
            ("slot.removed", "slots", SHOP["slots"][1], None),
            ("slot.added", "slots", None,
             {"weekdays": [6], "start": "10:00", "end": "00:00", "open": True, "name": "일요일"}),
        ],
    ),
    (
        "the foundation day is another one",
        lambda d: d["holidays"][1].update(day="2026-05-04"),
        [("holiday.moved", "holidays.2026-05-04", "2026-05-01", "2026-05-04")],
    ),
    (
        "next year's Seollal is not this year's that moved",
        lambda d: d["holidays"][0].update(day="2027-02-07"),
        [
            ("holiday.removed", "holidays.2026-02-17", SHOP["holidays"][0], None),
            ("holiday.added", "holidays.2027-02-07", None, {**SHOP["holidays"][0], "day": "2027-02-07"}),
        ],
    ),
    (
        "a holiday gets another kind and returns every year",
        lambda d: d["holidays"][0].update(kind="own", yearly=True),
        [
            ("holiday.kind", "holidays.2026-02-17", "public", "own"),
            ("holiday.yearly", "holidays.2026-02-17", False, True),
        ],
    ),
    (
        "the greeting is the default again, the menu is typed, the holiday not played from a file",
        lambda d: (d["texts"].update(greeting=""), d["texts"].update(menu="1번"), d["uploads"].clear()),
        [
            ("text.changed", "texts.greeting", "어서 오세요.", None),
            ("text.changed", "texts.menu", None, "1번"),
            ("upload.changed", "uploads.holiday", 7, None),
        ],
    ),
    (
        "another try, and longer",
        lambda d: d.update(menu_tries=4, menu_timeout_seconds=8),
        [("tries.changed", "menu_tries", 3, 4), ("timeout.changed", "menu_timeout_seconds", 5, 8)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "edit", "expected"), STORIES, ids=[what for what, _, _ in STORIES])
def test_changes_as_a_person_would_tell_them(
    what: str, edit: Callable[[dict[str, Any]], object], expected: list[tuple[str, str, Any, Any]]
) -> None:
    assert told(edit) == expected


def test_what_is_told_names_the_thing() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["menu"][0].update(digit="7", name="배송")
        document["slots"].pop(2)
        document["holidays"].pop(0)

    assert [(one.kind, one.name) for one in changes(SHOP, edited(edit))] == [
        ("menu.moved", "배송"), ("menu.renamed", "배송"), ("slot.removed", "토요일"), ("holiday.removed", "설날"),
    ]  # fmt: skip


def test_the_first_publication_tells_everything_as_new() -> None:
    found = changes({}, SHOP)
    assert Counter(one.kind for one in found) == {
        "menu.added": 4, "slot.added": 3, "holiday.added": 2, "text.changed": 2, "upload.changed": 1,
    }  # fmt: skip
    assert changes({}, {}) == ()


# -- any document, any single edit ------------------------------------------------------------------


def random_document(chance: random.Random) -> dict[str, Any]:
    numbers = iter(range(100, 200))

    def entry(digit: int, nested: bool) -> dict[str, Any]:
        kind = chance.choice(("agents", "announcement") if nested else ("agents", "agents", "announcement", "menu"))
        made: dict[str, Any] = {"digit": str(digit), "name": chance.choice("가나다라마바사아자차"), "queue_id": None}
        if kind == "agents":
            made |= {"queue_id": next(numbers), "queue": {"callback": chance.choice(("off", "by_key")), "priority": 1}}
        elif kind == "announcement":
            made["announcement"] = chance.choice(("안내 하나", "안내 둘"))
        else:
            made["entries"] = menu(chance.randint(1, 4), nested=True)
        return made

    def menu(count: int, nested: bool) -> list[dict[str, Any]]:
        return [entry(digit, nested) for digit in chance.sample(range(1, 10), count)]

    def slot() -> dict[str, Any]:
        return {
            "weekdays": sorted(chance.sample(range(7), chance.randint(1, 7))), "open": chance.random() < 0.7,
            "start": f"{chance.randrange(24):02}:{chance.choice(('00', '30'))}", "end": f"{chance.randrange(24):02}:00",
            "name": chance.choice(("", "평일", "주말")),
        }  # fmt: skip

    days = [f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}" for _ in range(chance.randint(0, 6))]
    return {
        "menu": menu(chance.randint(1, 9), nested=False),
        "slots": [slot() for _ in range(chance.randint(1, 5))],
        "holidays": [
            {"day": day, "name": chance.choice(("설날", "휴무")), "kind": chance.choice(("own", "public")),
             "yearly": chance.random() < 0.3}
            for day in sorted(set(days))
        ],
        "texts": {name: "안녕하세요." for name in ("greeting", "delay") if chance.random() < 0.5},
        "uploads": {"holiday": 3} if chance.random() < 0.5 else {},
        "menu_tries": 3,
        "menu_timeout_seconds": 5,
    }  # fmt: skip


def single_edits(document: dict[str, Any]) -> list[tuple[str, Callable[[dict[str, Any]], object]]]:
    """Every place of the document, changed on its own."""
    edits: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
        ("tries", lambda d: d.update(menu_tries=4)),
        ("timeout", lambda d: d.update(menu_timeout_seconds=9)),
        ("new slot", lambda d: d["slots"].append(
            {"weekdays": [2], "start": "07:07", "end": "08:08", "open": True, "name": "새벽"})),
        ("new holiday", lambda d: d["holidays"].append({"day": "2026-12-31", "name": "연말"})),
        ("new text", lambda d: d["texts"].update(connecting="연결합니다.")),
        ("new upload", lambda d: d["uploads"].update(greeting=9)),
    ]  # fmt: skip
    ways: list[tuple[int, ...]] = []
    for at, entry in enumerate(document["menu"]):
        ways.append((at,))
        ways += [(at, inner) for inner in range(len(entry.get("entries", ())))]

    def place(d: dict[str, Any], way: tuple[int, ...]) -> tuple[list[dict[str, Any]], int]:
        return (d["menu"], way[0]) if len(way) == 1 else (d["menu"][way[0]]["entries"], way[1])

    for way in ways:

        def change(d: dict[str, Any], way: tuple[int, ...] = way, **values: Any) -> None:
            level, at = place(d, way)
            level[at].update(values)

        def remove(d: dict[str, Any], way: tuple[int, ...] = way) -> None:
            level, at = place(d, way)
            level.pop(at)

        def last(d: dict[str, Any], way: tuple[int, ...] = way) -> None:
            level, at = place(d, way)
            level.append(level.pop(at))

        level, at = place(document, way)
        entry = level[at]
        free = next(str(n) for n in range(1, 11) if str(n) not in {one["digit"] for one in level})
        edits.append((f"{way} key", lambda d, c=change, free=free: c(d, digit=free)))
        edits.append((f"{way} name", lambda d, c=change: c(d, name="하")))
        edits.append((f"{way} removed", remove))
        if at != len(level) - 1:
            edits.append((f"{way} last", last))
        if entry["queue_id"] is not None:
            edits.append((f"{way} queue", lambda d, c=change: c(d, queue_id=999)))
            for name, value in (("callback", "nobody_logged_in"), ("priority", 9), ("announce_position", True)):
                edits.append((f"{way} {name}", lambda d, c=change, n=name, v=value: c(d, queue={n: v})))
        elif not entry.get("entries"):
            edits.append((f"{way} announcement", lambda d, c=change: c(d, announcement="다른 안내")))
    for at in range(len(document["slots"])):
        values = {"start": "03:33", "end": "04:44", "open": not document["slots"][at]["open"], "name": "새 이름"}
        days = [6] if document["slots"][at]["weekdays"] != [6] else [5]
        for name, value in {**values, "weekdays": days}.items():
            edits.append((f"slot {at} {name}", lambda d, at=at, n=name, v=value: d["slots"][at].update({n: v})))
        edits.append((f"slot {at} removed", lambda d, at=at: d["slots"].pop(at)))
    for at, holiday in enumerate(document["holidays"]):
        other = {"day": "2026-06-29", "name": "새 휴일", "kind": "temporary", "yearly": not holiday["yearly"]}
        for name, value in other.items():
            edits.append((f"holiday {at} {name}", lambda d, at=at, n=name, v=value: d["holidays"][at].update({n: v})))
        edits.append((f"holiday {at} removed", lambda d, at=at: d["holidays"].pop(at)))
    for part in ("texts", "uploads"):
        for name in document[part]:
            edits.append((f"{part} {name}", lambda d, p=part, n=name: d[p].update({n: "다른 말"})))
            edits.append((f"{part} {name} gone", lambda d, p=part, n=name: d[p].pop(n)))
    return edits


def test_any_single_edit_is_told_and_nothing_else_is() -> None:
    chance = random.Random(20260301)
    count = 0
    for _ in range(25):
        document = random_document(chance)
        again = json.loads(json.dumps(document))
        for part in ("slots", "holidays"):
            chance.shuffle(again[part])
        assert changes(document, again) == ()
        for what, edit in single_edits(document):
            after = copy.deepcopy(document)
            edit(after)
            found = changes(document, after)
            assert found, (what, document)
            assert len(found) <= 3, (what, found, document)
            back = changes(after, document)
            assert back, (what, document)
            count += 1
    assert count > 1500


def test_changes_go_to_json_and_back() -> None:
    chance = random.Random(7)
    for _ in range(100):
        before, after = random_document(chance), random_document(chance)
        found = changes(before, after)
        assert found == changes(before, after)
        for one in found:
            assert Change.from_json(json.loads(json.dumps(one.to_json()))) == one
