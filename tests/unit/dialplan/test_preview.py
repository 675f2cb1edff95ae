"""The centre as a caller would meet it: heard and read step by step, in virtual time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.core.definitions import CallbackOffer, QueueConfig, TenantConfig
from dialplan.compiler import compile_tenant
from dialplan.preview import Heard, HeardKind, preview
from tests.unit.dialplan.example import DID, MENU, PROMPTS, REPAIRS, SALES, prompt_paths, tenant

SEOUL = ZoneInfo("Asia/Seoul")
TUESDAY_TEN = datetime(2026, 3, 3, 10, tzinfo=SEOUL)
MORE = ("callback_offer", "callback_confirm", "callback_number", "callback_done", "position_1", "position_more")
KEY = CallbackOffer.BY_KEY


def centre(**queue: Any) -> TenantConfig:
    """The example tenant with every prompt; the sales queue as told."""
    config = tenant(prompt_paths(names=(*PROMPTS, *MORE)))
    sales = dataclasses.replace(config.queues[SALES], **queue)
    return dataclasses.replace(config, queues={**config.queues, SALES: sales})


def meets(config: TenantConfig, keys: Sequence[str | None] = (), **options: Any) -> tuple[Heard, ...]:
    values: dict[str, Any] = {"did": DID, "at": TUESDAY_TEN, "texts": {}, "lengths": {}, **options}
    values["lengths"] = {name: 5.0 for name in config.ars.prompts} | values["lengths"]
    return preview(compile_tenant(config), config, values.pop("texts"), keys=keys, **values)


def told(heard: Sequence[Heard]) -> str:
    """In one line: prompts by name, keys in brackets, music with its seconds; marks left out."""
    words = []
    for one in heard:
        match one.kind:
            case HeardKind.PLAY:
                words.append(one.name)
            case HeardKind.ASK:
                words.append(f"{one.name}[{one.key}]")
            case HeardKind.MUSIC:
                words.append(f"~{one.seconds:g}" + (f"[{one.key}]" if one.keys else ""))
            case HeardKind.MARK:
                pass
            case _:
                words.append(f"{one.kind.upper()} {one.name or one.detail}".strip())
    return " ".join(words)


STORIES: list[tuple[str, dict[str, Any], list[str | None], dict[str, Any], str]] = [
    ("waits", {}, [None, "1"], {}, f"greeting[] menu[1] connecting WAIT {SALES} ~20 delay ~20 delay ~20 delay ~15"),
    ("waits shortly", {}, ["1"], {"waiting_seconds": 7}, f"greeting[1] connecting WAIT {SALES} ~7"),
    (
        "waits too long", {"longest_wait_seconds": 30}, ["1"], {},
        f"greeting[1] connecting WAIT {SALES} ~20 delay ~5 unavailable HANG_UP",
    ),
    (
        "hears the place", {"announce_position": True}, ["1"], {"waiting_seconds": 30},
        f"greeting[1] connecting WAIT {SALES} ~20 delay position_1",
    ),
    (
        "hears the place far behind", {"announce_position": True}, ["1"], {"waiting_seconds": 30, "position": 40},
        f"greeting[1] connecting WAIT {SALES} ~20 delay position_more",
    ),
    (
        "offered a callback by key, does not want it", {"callback": KEY}, ["1"], {"waiting_seconds": 40},
        f"greeting[1] connecting WAIT {SALES} ~20[] delay callback_offer[] ~10[]",
    ),
    (
        "leaves the calling number at once", {"callback": KEY}, ["1", "*", "1"], {"caller_number": "01012345678"},
        f"greeting[1] connecting WAIT {SALES} ~2[*] callback_confirm[1] callback_done CALLBACK 01012345678 HANG_UP",
    ),
    (
        "leaves another number after the first delay prompt", {"callback": KEY},
        ["1", None, "*", "2", "0", "212345678#"], {"caller_number": "01012345678"},
        f"greeting[1] connecting WAIT {SALES} ~20[] delay callback_offer[*] callback_confirm[2] callback_number[0] "
        "[212345678] callback_done CALLBACK 0212345678 HANG_UP",
    ),
    (
        "a withheld number is asked for, a wrong one refused", {"callback": KEY}, ["1", "*", "12#", "01012345678#"],
        {}, f"greeting[1] connecting WAIT {SALES} ~2[*] callback_number[1] [2] invalid callback_number[0] "
        "[1012345678] callback_done CALLBACK 01012345678 HANG_UP",
    ),
    (
        "offered after half a minute", {"callback": CallbackOffer.AFTER_SECONDS, "callback_after_seconds": 30},
        ["1", None, None, None], {"waiting_seconds": 60},
        f"greeting[1] connecting WAIT {SALES} ~20 delay ~5 callback_offer[] ~7[] ~18",
    ),
    (
        "nobody is logged in: offered at once", {"callback": CallbackOffer.NOBODY_LOGGED_IN},
        ["1", "*", None, "1"], {"agents_logged_in": 0, "caller_number": "0212345678"},
        f"greeting[1] connecting WAIT {SALES} callback_offer[*] callback_confirm[] ~2[1] callback_done "
        "CALLBACK 0212345678 HANG_UP",
    ),
    ("at night", {}, ["1"], {"at": TUESDAY_TEN.replace(hour=3)}, "after_hours HANG_UP"),
    ("on a holiday", {}, ["1"], {"at": datetime(2026, 3, 2, 10, tzinfo=SEOUL)}, "holiday HANG_UP"),
    ("all lines busy", {}, ["1"], {"lines_used": 6}, "lines_full HANG_UP"),
    ("an unknown number", {}, [], {"did": "07099999999"}, "REFUSE 404"),
    ("an announcement", {}, [None, "3"], {}, "greeting[] menu[3] announcement_3[] announcement_3[] announcement_3[] "
     "no_digit HANG_UP"),
    (
        "no controller", {}, ["1"], {"adopted": False},
        f"greeting[1] connecting WAIT {SALES} RING 김상담, 이상담, 박상담 delay RING 김상담, 이상담, 박상담 "
        "unavailable HANG_UP",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "queue", "keys", "options", "expected"), STORIES, ids=[one[0] for one in STORIES])
def test_a_caller(
    what: str, queue: dict[str, Any], keys: list[str | None], options: dict[str, Any], expected: str
) -> None:
    assert told(meets(centre(**queue), keys, **options)) == expected


def test_when_the_day_ends_and_nobody_is_left_the_caller_is_told_so() -> None:
    closing = TUESDAY_TEN.replace(hour=17, minute=59, second=30)
    heard = meets(centre(), ["1"], at=closing, agents_logged_in=0)
    assert told(heard) == f"greeting[1] connecting WAIT {SALES} ~20 unavailable HANG_UP"
    assert told(meets(centre(), ["1"], at=closing)).count("delay") == 3


def test_nobody_assigned_counts_as_nobody_logged_in() -> None:
    config = centre()
    offers = QueueConfig(REPAIRS, "수리", callback=CallbackOffer.NOBODY_LOGGED_IN)
    config = dataclasses.replace(config, queues={**config.queues, REPAIRS: offers})
    assert told(meets(config, ["2"], waiting_seconds=10)).endswith(f"WAIT {REPAIRS} callback_offer[] ~5[]")


def test_each_question_uses_one_key_and_says_so() -> None:
    heard = meets(centre(callback=KEY), [None, "1", None, None, "*", "1"], caller_number="01012345678")
    assert [one.key for one in heard if one.keys] == ["", "1", "", "", "*", "1"]
    assert heard[-2].detail == "01012345678"


def test_what_is_heard_can_be_read() -> None:
    texts = {"greeting": "  10시에 엽니다. ", "delay": "잠시만요."}
    heard = meets(centre(), ["1"], texts=texts, uploads={"connecting": 7}, waiting_seconds=24)
    said = {one.name: one for one in heard if one.kind is not HeardKind.MARK}
    greeting, connecting, delay = said["greeting"], said["connecting"], said["delay"]
    assert (greeting.text, greeting.spoken, greeting.upload) == ("10시에 엽니다.", "열 시에 엽니다.", None)
    assert (connecting.text, connecting.spoken, connecting.upload) == ("", "", 7)
    assert delay.text == "잠시만요."
    menu = next(h for h in meets(centre()) if h.name == "menu")
    assert menu.text.startswith("구매 상담은 일번")


def test_the_seconds_go_on() -> None:
    heard = meets(centre(), [None, "1"], lengths={"greeting": 4.0, "menu": 6.0, "connecting": 3.0})
    at = [(one.name, one.at) for one in heard if one.kind in (HeardKind.PLAY, HeardKind.ASK)]
    assert at[:5] == [("greeting", 0), ("menu", 4), ("connecting", 10), ("delay", 33), ("delay", 58)]
    moments = [one.at for one in heard]
    assert moments == sorted(moments)
    estimated = preview(compile_tenant(centre()), centre(), {}, did=DID, at=TUESDAY_TEN, keys=["1"])
    assert 4 < next(one for one in estimated if one.kind is HeardKind.ASK).seconds < 15


def test_prompts_that_share_a_sound_file_are_told_apart_by_their_place() -> None:
    same = {name: "/prompts/t1/same.wav" for name in PROMPTS}
    config = tenant(same)
    assert told(meets(config, [None, "3", None])).startswith("greeting[] menu[3] announcement_3[]")
    assert told(meets(config, ["1"], waiting_seconds=25)).endswith("connecting WAIT 11 ~20 delay")
    assert told(meets(config, at=TUESDAY_TEN.replace(hour=2))) == "after_hours HANG_UP"


def test_a_single_entry_and_a_naive_moment() -> None:
    config = dataclasses.replace(centre(), ars=dataclasses.replace(centre().ars, menu=MENU[:1]))
    assert told(meets(config, waiting_seconds=3)) == f"greeting connecting WAIT {SALES} ~3"
    with pytest.raises(ValueError, match="time zone"):
        meets(config, at=datetime(2026, 3, 3))  # noqa: DTZ001


def test_to_json_and_back() -> None:
    for one in meets(centre(callback=KEY), ["1", "*", "2", "01012345678"]):
        assert Heard.from_json(json.loads(json.dumps(one.to_json()))) == one
