"""A rehearsal sends virtual callers through every branch: all is well, or the right call fails for the right reason."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.rehearsal.run import NO_NUMBER
from app.core.definitions import AgentStatus, CallbackOffer, Holiday, MenuEntry, Slot, TenantConfig
from app.core.rehearsal_calls import CALLER, OTHER_NUMBER
from app.core.rehearsed import Rehearsal
from app.services.rehearsal_words import describe
from dialplan.compiler import compile_tenant
from dialplan.model import Action, Compiled, Context
from tests.unit.dialplan.example import MENU, REPAIRS, SALES
from tests.unit.rehearsal.centre import failed, furnished, named, names, rehearse, small, wide, with_queue

EVERY_DAY = frozenset(range(7))
INNER = (
    MenuEntry("1", "국내", SALES),
    MenuEntry("2", "배송 조회", None, "홈페이지에서 보실 수 있습니다."),
    MenuEntry("5", "해외", REPAIRS),
)
NESTED = (*MENU, MenuEntry("4", "배송", entries=INNER))
HOSTILE = "<b>&amp;\"';${uuid}$${domain}\n]]>|(){}[],=!"




WELL: dict[str, TenantConfig] = {
    "plain": small(),
    "nested": small(ars_menu=NESTED),
    "nested, one try": small(ars_menu=NESTED, ars_menu_tries=1),
    "a single entry": small(ars_menu=MENU[:1]),
    "a single announcement": small(ars_menu=(MenuEntry("1", "안내", None, "쉽니다."),)),
    "a single menu within": small(ars_menu=(MenuEntry("7", "배송", entries=INNER),)),
    "no menu": small(ars_menu=()),
    "all nine digits": small(ars_menu=tuple(MenuEntry(str(digit), "큐", SALES) for digit in range(1, 10))),
    "callback by key": with_queue(small(), callback=CallbackOffer.BY_KEY),
    "callback after a while": with_queue(
        small(), callback=CallbackOffer.AFTER_SECONDS, callback_after_seconds=50, announce_position=True
    ),
    "callback early": with_queue(
        small(), callback=CallbackOffer.AFTER_SECONDS, callback_after_seconds=20, callback_key="#"
    ),
    "callback when nobody is there": with_queue(
        small(), callback=CallbackOffer.NOBODY_LOGGED_IN, announce_position=True
    ),
    "a short wait": with_queue(small(), longest_wait_seconds=15),
    "by night": small(ars_slots=(Slot(EVERY_DAY, time(22), time(2)),)),
    "always open": small(ars_slots=(Slot(EVERY_DAY, time(0), time(0)),)),
    "holidays all week": small(ars_holidays=tuple(Holiday(date(2026, 11, day), "휴가") for day in range(23, 30))),
    "no number yet": small(dids=()),
    "not under contract yet": small(under_contract=False),
    "several numbers": small(dids=("07040000001", "07040000002", "15880000")),
    "one licence": small(licences=1),
    "a break after one miss": small(misses_before_break=1),
    "agents begin on break": small(
        status_after_login=AgentStatus.ON_BREAK, status_after_call=AgentStatus.AVAILABLE
    ),
    "New York": small(timezone="America/New_York"),
}


@pytest.mark.parametrize("name", WELL)
def test_what_is_set_up_well_passes(name: str, tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(WELL[name], tmp_path), tmp_path)
    assert failed(rehearsal) == {}
    assert rehearsal.passed == len(rehearsal.calls) > 10
    # None of them is said to be well for nothing: every call heard something.
    assert all(call.met.heard and call.seconds > 0 and call.heard for call in rehearsal.calls)


def test_every_branch_of_the_menu_is_called(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(small(ars_menu=NESTED), tmp_path), tmp_path)
    assert {call.details["menu_keys"]: call.met.queue_id for call in named(rehearsal, "entry.agents")} == {
        "1": SALES, "2": REPAIRS, "41": SALES, "45": REPAIRS,
    }  # fmt: skip
    assert {call.details["menu_keys"] for call in named(rehearsal, "entry.announcement")} == {"3", "42"}
    assert {call.details["menu_keys"] for call in named(rehearsal, "menu.wrong")} == {"", "4"}
    assert {call.details["menu_keys"] for call in named(rehearsal, "greeting.key")} == {"1", "2", "3", "4"}
    assert names(rehearsal.calls) >= {
        "contract.none", "lines.full", "lines.last", "hours.open", "hours.closed", "hours.holiday", "menu.silent",
        "menu.corrected", "menu.back", "greeting.wrong_key", "entry.announcement_keys", "queue.next_agent",
        "queue.longest_wait", "queue.closing", "alone.answered", "alone.nobody",
    }  # fmt: skip


def test_what_the_caller_lived_through_is_told_in_order(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(small(), tmp_path), tmp_path)
    call = next(one for one in named(rehearsal, "entry.agents") if one.details["menu_keys"] == "2")
    assert call.keys == ("2",) and call.met.agents == (101,) and call.met.queue_id == REPAIRS
    assert [(one.kind, one.name) for one in call.heard] == [
        ("prompt", "greeting"), ("prompt", "menu"), ("key", "2"), ("prompt", "connecting"), ("ringing", ""),
        ("talk", "101"),
    ]  # fmt: skip
    talk = call.heard[-1]
    assert talk.seconds == pytest.approx(4, abs=0.1)
    assert call.seconds == pytest.approx(talk.at + talk.seconds, abs=0.1)


def test_the_moments_are_the_tenants_own(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(small(), tmp_path), tmp_path)
    told = {call.at[:19]: call.name for call in rehearsal.calls if call.name.startswith("hours")}
    assert told["2026-11-23T11:59:59"] == told["2026-11-24T09:00:00"] == "hours.open"
    assert told["2026-11-23T12:00:00"] == told["2026-11-24T08:59:59"] == "hours.closed"
    assert told["2027-01-01T10:30:00"] == "hours.holiday"


def test_over_midnight_is_tried_at_midnight(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(WELL["by night"], tmp_path), tmp_path)
    told = {call.at[:19]: call.name for call in rehearsal.calls if call.name.startswith("hours")}
    assert told["2026-11-23T23:59:59"] == told["2026-11-24T00:00:00"] == "hours.open"
    assert told["2026-11-24T02:00:00"] == "hours.closed"


def test_callbacks_leave_the_number_that_was_given(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(WELL["callback by key"], tmp_path), tmp_path)
    left = {call.name: call.met.callback for call in rehearsal.calls if call.met.end == "callback"}
    assert left == {
        "callback.given": CALLER, "callback.other_number": OTHER_NUMBER, "callback.withheld": OTHER_NUMBER,
    }  # fmt: skip


def test_a_number_is_made_up_where_there_is_none(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(WELL["no number yet"], tmp_path), tmp_path)
    assert named(rehearsal, "did.international")[0].details["did"] == f"+82{NO_NUMBER[1:]}"


# -- what is broken ------------------------------------------------------------------------------------


def test_a_queue_without_agents_fails_where_an_agent_should_answer(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(with_queue(small(), REPAIRS, tiers={}), tmp_path), tmp_path)
    assert failed(rehearsal) == {"entry.agents": ["nobody_assigned"]}
    (call,) = [one for one in rehearsal.calls if not one.passed]
    assert call.details["menu_keys"] == "2" and call.met.end == "gave_up"


def test_agents_who_left_do_not_count(tmp_path: Path) -> None:
    config = small()
    gone = dataclasses.replace(config.agents[101], active=False)
    config = dataclasses.replace(config, agents={**config.agents, 101: gone})
    rehearsal = rehearse(furnished(config, tmp_path), tmp_path)
    assert failed(rehearsal) == {"entry.agents": ["nobody_assigned"]}


@pytest.mark.parametrize(
    ("prompt", "calls"),
    [
        ("announcement_3", {"entry.announcement", "entry.announcement_keys", "greeting.key"}),
        ("holiday", {"hours.holiday"}),
        ("lines_full", {"lines.full"}),
        ("delay", {"queue.longest_wait", "alone.nobody"}),
        ("invalid", {"menu.wrong", "menu.corrected"}),
    ],
)
def test_a_sound_file_that_is_missing_fails_the_calls_that_should_hear_it(
    prompt: str, calls: set[str], tmp_path: Path
) -> None:
    config = furnished(small(), tmp_path)
    os.unlink(config.ars.prompts[prompt])
    found = failed(rehearse(config, tmp_path))
    assert set(found) == calls
    assert all("sound_missing" in codes for codes in found.values())


def test_a_path_that_cannot_be_published_is_refused(tmp_path: Path) -> None:
    config = furnished(small(), tmp_path)
    ars = dataclasses.replace(config.ars, prompts={**config.ars.prompts, "menu": "/prompts/${x}.wav"})
    rehearsal = rehearse(dataclasses.replace(config, ars=ars), tmp_path)
    assert failed(rehearsal) == {"publication": ["refused"]}
    assert rehearsal.calls[0].faults[0].details["field"] == "prompts.menu"
    assert json.dumps(rehearsal.to_json())


@pytest.mark.parametrize("field", [{"ars_menu_timeout_seconds": 0}, {"ars_menu_tries": 10}, {"timezone": "Mars"}])
def test_settings_that_cannot_be_meant_are_refused(field: dict[str, Any], tmp_path: Path) -> None:
    assert failed(rehearse(furnished(small(**field), tmp_path), tmp_path)) == {"publication": ["refused"]}


def test_no_licence_means_that_nobody_gets_a_line(tmp_path: Path) -> None:
    found = failed(rehearse(furnished(small(licences=0), tmp_path), tmp_path))
    assert "entry.agents" in found and "lines.full" not in found


def test_a_longest_wait_lets_a_callback_be_left(tmp_path: Path) -> None:
    config = with_queue(
        small(), longest_wait_seconds=60, callback=CallbackOffer.AFTER_SECONDS, callback_after_seconds=58
    )
    found = rehearse(furnished(config, tmp_path), tmp_path)
    assert "callback.other_number" in names(found.calls) and failed(found) == {}


# -- what was compiled wrongly: the definition is asked, not the dialplan --------------------------------


def broken(change: Callable[[Action], Action | None]) -> Callable[[TenantConfig], Compiled]:
    """A compiler with a mistake: what it does to each action of the tree; None: the action is left out."""

    def compiled(config: TenantConfig, key_music: str = "") -> Compiled:
        good = compile_tenant(config, key_music=key_music)
        extensions = tuple(
            dataclasses.replace(
                extension,
                conditions=tuple(
                    dataclasses.replace(
                        condition, actions=tuple(new for one in condition.actions if (new := change(one)))
                    )
                    for condition in extension.conditions
                ),
            )
            for extension in good.context.extensions
        )
        return dataclasses.replace(good, context=Context(good.context.name, extensions))

    return compiled


def replacing(what: str, by: str) -> Callable[[Action], Action]:
    return lambda action: dataclasses.replace(action, data=action.data.replace(what, by))


@pytest.mark.parametrize(
    ("mistake", "call", "fault"),
    [
        (replacing("{timeout=5000}", "{timeout=2000}"), "menu.silent", "timing"),
        (replacing("{timeout=5000}", "{timeout=5000}/nowhere"), "menu.silent", "timing"),
        (replacing("queue-12 XML", "queue-11 XML"), "entry.agents", "queue"),
        (replacing("no_digit.wav", "unavailable.wav"), "menu.silent", "heard"),
        (replacing("_in 6 ", "_in 5 "), "lines.last", "heard"),
        (replacing("_in 6 ", "_in 7 "), "lines.full", "heard"),
        (lambda one: None if one.application == "sched_broadcast" else one, "alone.answered", "silence"),
        (lambda one: None if one.application == "sched_transfer" else one, "alone.nobody", "end"),
        (lambda one: None if one.application == "bridge" else one, "alone.nobody", "not_rung"),
        (lambda one: None if "ringback" in one.data else one, "alone.nobody", "silence"),
        (lambda one: None if one.data.startswith("limit_ignore") else one, "lines.full", "heard"),
    ],
)
def test_a_mistake_of_the_compiler_is_found(
    mistake: Callable[[Action], Action | None], call: str, fault: str, tmp_path: Path
) -> None:
    rehearsal = rehearse(furnished(small(), tmp_path), tmp_path, compiled=broken(mistake))
    assert fault in failed(rehearsal).get(call, [])


def test_other_hours_than_the_tenants_are_found(tmp_path: Path) -> None:
    def compiled(config: TenantConfig) -> Compiled:
        slots = (*config.ars.slots, Slot(frozenset({5}), time(10), time(11)))
        late = tuple(dataclasses.replace(one, end=time(18, 1)) if one.is_open else one for one in slots)
        return compile_tenant(dataclasses.replace(config, ars=dataclasses.replace(config.ars, slots=late)))

    found = failed(rehearse(furnished(small(), tmp_path), tmp_path, compiled=compiled))
    assert set(found) == {"hours.closed"}


# -- hostile ---------------------------------------------------------------------------------------------


def test_hostile_names_are_names(tmp_path: Path) -> None:
    config = small(ars_menu=(MenuEntry("1", HOSTILE, SALES), MenuEntry("3", HOSTILE, None, HOSTILE)))
    config = with_queue(dataclasses.replace(config, service_name=HOSTILE), name=HOSTILE)
    agents = {one: dataclasses.replace(agent, name=HOSTILE) for one, agent in config.agents.items()}
    holidays = (Holiday(date(2026, 12, 25), HOSTILE),)
    ars = dataclasses.replace(config.ars, holidays=holidays)
    config = dataclasses.replace(config, agents=agents, ars=ars)
    rehearsal = rehearse(furnished(config, tmp_path), tmp_path)
    assert failed(rehearsal) == {}
    told = describe(rehearsal, config, {}, "ko")
    assert any(HOSTILE in call["title"] for call in told["calls"])


def test_a_sip_user_that_would_change_the_dial_string_is_refused(tmp_path: Path) -> None:
    config = small()
    forged = dataclasses.replace(config.agents[101], sip_user="x@y,[a=b]user/z")
    config = dataclasses.replace(config, agents={**config.agents, 101: forged})
    assert failed(rehearse(furnished(config, tmp_path), tmp_path)) == {"publication": ["refused"]}


# -- bounded -----------------------------------------------------------------------------------------------


def test_of_many_queues_all_are_called_and_one_of_each_kind_is_tried_in_every_way(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(wide(3, 4), tmp_path), tmp_path)
    assert failed(rehearsal) == {}
    assert len(named(rehearsal, "entry.agents")) == 12
    alike_ones = [one for one in rehearsal.left_out if one.reason == "alike"]
    tried = {call.details["queue_id"] for call in named(rehearsal, "alone.nobody")}
    left = {queue_id for one in alike_ones for queue_id in one.details["queue_ids"]}
    assert tried and left and tried | left == set(wide(3, 4).queues) and not tried & left


def test_the_number_of_calls_is_bounded_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    everything = rehearse(furnished(small(), tmp_path), tmp_path)
    some = rehearse(furnished(small(), tmp_path), tmp_path, most_calls=10)
    assert len(some.calls) == 10
    left = {one.name: one.details["calls"] for one in some.left_out if one.reason == "too_many"}
    assert sum(left.values()) == len(everything.calls) - 10


def test_the_time_is_bounded(tmp_path: Path) -> None:
    ticks = iter(range(0, 10_000, 3))
    rehearsal = rehearse(
        furnished(small(), tmp_path), tmp_path, most_seconds=20.0, monotonic=lambda: float(next(ticks))
    )
    assert 1 <= len(rehearsal.calls) < 10
    assert {one.reason for one in rehearsal.left_out} == {"time_over"}


def test_a_wait_of_hours_is_not_waited_out(tmp_path: Path) -> None:
    config = with_queue(small(), longest_wait_seconds=7200)
    rehearsal = rehearse(furnished(config, tmp_path), tmp_path)
    assert failed(rehearsal) == {}
    assert ("queue.longest_wait", "too_long") in {(one.name, one.reason) for one in rehearsal.left_out}


def test_a_tenant_that_is_never_open_is_said_to_be(tmp_path: Path) -> None:
    rehearsal = rehearse(furnished(small(ars_slots=()), tmp_path), tmp_path)
    assert failed(rehearsal) == {}
    assert {one.reason for one in rehearsal.left_out} == {"never_open"}


def test_it_is_repeatable_and_travels_as_json(tmp_path: Path) -> None:
    config = furnished(WELL["callback after a while"], tmp_path)
    one, two = rehearse(config, tmp_path), rehearse(config, tmp_path)
    assert one.calls == two.calls
    assert Rehearsal.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_every_call_and_fault_has_words(tmp_path: Path) -> None:
    config = furnished(WELL["callback by key"], tmp_path)
    config = with_queue(config, REPAIRS, tiers={}, longest_wait_seconds=7200)
    os.unlink(config.ars.prompts["announcement_3"])
    rehearsal = rehearse(config, tmp_path, compiled=broken(replacing("{timeout=5000}", "{timeout=2000}")))
    for language in ("ko", "en"):
        told = describe(rehearsal, config, {"greeting": "안녕하세요."}, language)
        said = [call["title"] for call in told["calls"]]
        said += [fault["sentence"] for call in told["calls"] for fault in call["faults"]]
        said += [one["sentence"] for one in told["left_out"]]
        said += [sound["title"] for call in told["calls"] for sound in call["heard"]]
        said += [call[which]["sentence"] for call in told["calls"] for which in ("expected", "met")]
        assert all(said) and not [text for text in said if "{" in text or text in names(rehearsal.calls)]
    assert json.dumps(told)
