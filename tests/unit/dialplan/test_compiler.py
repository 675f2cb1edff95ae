"""What a caller meets in the compiled dialplan, told as tables; and what the compiler refuses."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.core.definitions import MenuEntry, QueueConfig, TenantConfig
from app.core.errors import InvalidDefinition
from dialplan.compiler import compile_tenant, did_expression
from dialplan.evaluator import Step, StepKind, hunt, walk
from dialplan.pieces import INSTEAD
from tests.unit.dialplan.example import DID, MENU, PROMPTS, REPAIRS, SALES, prompt_paths, tenant

TUESDAY_TEN = datetime(2026, 3, 3, 10, tzinfo=ZoneInfo("Asia/Seoul"))
NIGHT = TUESDAY_TEN.replace(hour=3)
NEW_YEAR = TUESDAY_TEN.replace(month=1, day=1)


def told(steps: tuple[Step, ...]) -> str:
    """A walk in one line: prompts by name, keys in brackets, marks left out."""
    words = []
    for step in steps:
        name = step.name.rpartition("/")[2].removesuffix(".wav")
        if step.kind is StepKind.ASK:
            words.append(f"{name}[{step.detail}]")
        elif step.kind is StepKind.PLAY:
            words.append(name)
        elif step.kind is not StepKind.MARK:
            words.append(
                f"{step.kind.upper()} {step.name}".strip()
                if step.kind is StepKind.WAIT
                else step.kind.upper()
            )
    return " ".join(words)


def marks(steps: tuple[Step, ...]) -> list[str]:
    return [f"{s.name} {s.detail}".strip() for s in steps if s.kind is StepKind.MARK]


JOURNEYS = [
    # when        keys              lines  expected
    (TUESDAY_TEN, [None, "1"], 0, f"greeting[] menu[1] connecting WAIT {SALES}"),
    (TUESDAY_TEN, [None, "2"], 0, f"greeting[] menu[2] connecting WAIT {REPAIRS}"),
    (TUESDAY_TEN, [None, "9", "1"], 0, f"greeting[] menu[9] invalid menu[1] connecting WAIT {SALES}"),
    (TUESDAY_TEN, [None, "*", "#", "0"], 0, "greeting[] menu[*] invalid menu[#] invalid menu[0] wrong_digit HANG_UP"),
    (TUESDAY_TEN, [None, None, "2"], 0, f"greeting[] menu[] menu[2] connecting WAIT {REPAIRS}"),
    (TUESDAY_TEN, [None], 0, "greeting[] menu[] menu[] menu[] no_digit HANG_UP"),
    (TUESDAY_TEN, [None, "7", None, None], 0, "greeting[] menu[7] invalid menu[] menu[] no_digit HANG_UP"),
    (
        TUESDAY_TEN,
        [None, "3", "1", "2", "1"],
        0,
        f"greeting[] menu[3] announcement_3[1] announcement_3[2] menu[1] connecting WAIT {SALES}",
    ),
    (
        TUESDAY_TEN,
        [None, "3"],
        0,
        "greeting[] menu[3] announcement_3[] announcement_3[] announcement_3[] no_digit HANG_UP",
    ),
    (
        TUESDAY_TEN,
        [None, "3", "5"],
        0,
        "greeting[] menu[3] announcement_3[5] invalid announcement_3[] announcement_3[] no_digit HANG_UP",
    ),
    # who knows the menu presses the key during the greeting; any other key there leads to the menu
    (TUESDAY_TEN, ["1"], 0, f"greeting[1] connecting WAIT {SALES}"),
    (TUESDAY_TEN, ["9", "2"], 0, f"greeting[9] menu[2] connecting WAIT {REPAIRS}"),
    (NIGHT, ["1"], 0, "after_hours HANG_UP"),
    (NEW_YEAR, ["1"], 0, "holiday HANG_UP"),
    (TUESDAY_TEN, [None, "1"], 5, f"greeting[] menu[1] connecting WAIT {SALES}"),
    (TUESDAY_TEN, [None, "1"], 6, "lines_full HANG_UP"),  # 4 licences: 6 incoming lines
    (NIGHT, [], 6, "lines_full HANG_UP"),
]


@pytest.mark.parametrize(("at", "keys", "lines", "expected"), JOURNEYS)
def test_journeys(at: datetime, keys: list[str | None], lines: int, expected: str) -> None:
    assert told(walk(compile_tenant(tenant()), DID, at, keys, lines_used=lines)) == expected


def test_the_way_is_marked_for_the_controller() -> None:
    steps = walk(compile_tenant(tenant()), DID, TUESDAY_TEN, ["3", "2", "8", "1"], adopted=False)
    assert marks(steps) == [
        f"did {DID}", "greeting", "menu 3", "announcement 3", "wrong_digit", "menu 1", f"queue {SALES}",
        f"fallback {SALES}", "unavailable",
    ]  # fmt: skip


def test_without_a_controller_the_assigned_agents_ring_then_somebody_says_so() -> None:
    compiled = compile_tenant(tenant())
    steps = walk(compiled, DID, TUESDAY_TEN, ["1"], adopted=False)
    assert told(steps).endswith(f"connecting WAIT {SALES} RING delay RING unavailable HANG_UP")
    dial = next(step.name for step in steps if step.kind is StepKind.RING)
    users = [re.findall(r"user/([\w.@-]+)", group) for group in dial.split("|")]
    assert users == [
        ["demo-1001@sangdam.local", "demo-1002@sangdam.local"],  # tier 1 together
        ["demo-1003@sangdam.local"],  # then tier 2
    ]
    nobody = walk(compiled, DID, TUESDAY_TEN, ["2"], adopted=False)
    assert told(nobody).endswith(f"WAIT {REPAIRS} unavailable HANG_UP")


def test_a_large_team_is_rung_in_bounded_groups() -> None:
    agents = {n: tenant().agents[101].__class__(n, f"a{n}", "", str(n), f"demo-{n}") for n in range(1, 200)}
    queue = QueueConfig(SALES, "", tiers=dict.fromkeys(agents, 1))
    config = tenant(agents=agents, queues={SALES: queue, REPAIRS: QueueConfig(REPAIRS, "")})
    dial = next(
        step.name
        for step in walk(compile_tenant(config), DID, TUESDAY_TEN, ["1"], adopted=False)
        if step.kind is StepKind.RING
    )
    assert [group.count("user/") for group in dial.split("|")] == [10] * 6


def test_not_under_contract_everybody_hears_unavailable() -> None:
    assert told(walk(compile_tenant(tenant(under_contract=False)), DID, TUESDAY_TEN)) == "unavailable HANG_UP"


@pytest.mark.parametrize(
    ("menu", "keys", "expected"),
    [
        (MENU[:1], [], f"greeting connecting WAIT {SALES}"),
        (MENU[2:], [], "greeting announcement_3[] announcement_3[] announcement_3[] no_digit HANG_UP"),
        (MENU[2:], ["2", None], "greeting announcement_3[2] greeting announcement_3[] announcement_3[] "
         "announcement_3[] no_digit HANG_UP"),
        ((), [], "greeting unavailable HANG_UP"),
    ],
)  # fmt: skip
def test_without_a_choice_no_menu_is_played(
    menu: tuple[MenuEntry, ...], keys: list[str | None], expected: str
) -> None:
    assert told(walk(compile_tenant(tenant(ars_menu=menu)), DID, TUESDAY_TEN, keys)) == expected


@pytest.mark.parametrize(
    ("dialled", "taken"),
    [
        ("07040000001", True),
        ("7040000001", True),
        ("827040000001", True),
        ("+827040000001", True),
        ("+8207040000001", True),
        ("07040000002", False),
        ("107040000001", False),
        ("070400000011", False),
        ("07040000001\n", False),
        ("07040000001;x=y", False),
        ("", False),
    ],
)
def test_a_number_is_taken_as_carriers_write_it(dialled: str, taken: bool) -> None:
    steps = walk(compile_tenant(tenant()), dialled, TUESDAY_TEN)
    assert (steps == (Step(StepKind.REFUSE, "404"),)) is not taken


def test_a_representative_number_has_no_leading_zero() -> None:
    assert re.search(did_expression("15880000"), "+8215880000")
    assert not re.search(did_expression("15880000"), "5880000")


@pytest.mark.parametrize("missing", sorted(INSTEAD))
def test_a_missing_prompt_has_a_stand_in(missing: str) -> None:
    names = tuple(name for name in PROMPTS if name != missing)
    compile_tenant(tenant(prompt_paths(names=names)))


REFUSED = [
    ("digit twice", {"ars_menu": (MENU[0], MenuEntry("1", "b", REPAIRS))}),
    ("digit 0", {"ars_menu": (MenuEntry("0", "a", SALES), MENU[1])}),
    ("two digits", {"ars_menu": (MenuEntry("12", "a", SALES),)}),
    ("no queue and no text", {"ars_menu": (MenuEntry("1", "a"),)}),
    ("unknown queue", {"ars_menu": (MenuEntry("1", "a", 99),)}),
    ("agents and entries", {"ars_menu": (MenuEntry("1", "a", SALES, entries=(MenuEntry("1", "b", SALES),)),)}),
    ("digit twice inside", {"ars_menu": (MENU[0], MenuEntry("2", "a", entries=(MENU[0], MENU[0])))}),
    ("two levels", {"ars_menu": (MENU[0], MenuEntry("2", "a", entries=(MenuEntry("1", "b", entries=MENU),)))}),
    ("number", {"dids": ("070-4000-0001",)}),
    ("number with a pattern", {"dids": (".*",)}),
    ("music", {"music": "local_stream://a} ${system(id)}"}),
    ("music elsewhere", {"music": "/etc/passwd"}),
    ("tries", {"ars_menu_tries": 0}),
    ("seconds", {"ars_menu_timeout_seconds": 0}),
    ("no greeting", {"prompts": prompt_paths(names=PROMPTS[1:])}),
    ("path with a blank", {"prompts": {**prompt_paths(), "greeting": "/a b.wav"}}),
    ("path with a variable", {"prompts": {**prompt_paths(), "greeting": "/${x}.wav"}}),
    ("path that climbs", {"prompts": {**prompt_paths(), "greeting": "/a/../b.wav"}}),
    ("relative path", {"prompts": {**prompt_paths(), "greeting": "a.wav"}}),
    ("module path", {"prompts": {**prompt_paths(), "greeting": "//tone_stream"}}),
]


@pytest.mark.parametrize(("what", "changes"), REFUSED, ids=[what for what, _ in REFUSED])
def test_what_cannot_be_meant_is_refused(what: str, changes: dict[str, object]) -> None:
    prompts = changes.pop("prompts", None) if "prompts" in changes else None
    config: TenantConfig = tenant(prompts, **changes)  # type: ignore[arg-type]
    with pytest.raises(InvalidDefinition) as caught:
        compile_tenant(config)
    assert caught.value.details["field"]


def test_a_sip_user_that_would_change_the_dial_string_is_refused() -> None:
    agent = tenant().agents[101].__class__(101, "a", "", "1001", "x@y],user/z")
    with pytest.raises(InvalidDefinition, match="SIP user"):
        compile_tenant(tenant(agents={101: agent}))


def test_after_the_entry_only_the_recording_expands_variables() -> None:
    compiled = compile_tenant(tenant(), recordings_dir="/state/recordings")
    with_dollar = [
        (extension.name, action.application)
        for context in compiled.contexts()
        for extension in context.extensions
        for condition in extension.conditions
        for action in condition.actions
        if "$" in action.data
    ]
    assert with_dollar == [
        (f"t1-{DID}", "export"), ("doorway", "transfer"), (f"fallback-{SALES}", "record_session"),
    ]  # fmt: skip


NESTED = (
    MENU[0],
    MenuEntry("2", "기타", entries=(
        MenuEntry("1", "수리 접수", REPAIRS),
        MenuEntry("4", "찾아오시는 길", None, "세종대로 1번지입니다."),
    )),
)  # fmt: skip
NESTED_PROMPTS = prompt_paths(names=(*PROMPTS, "menu_2", "announcement_24"))

NESTED_JOURNEYS = [
    ([None, "2", "1"], f"greeting[] menu[2] menu_2[1] connecting WAIT {REPAIRS}"),
    (["2", "1"], f"greeting[2] menu_2[1] connecting WAIT {REPAIRS}"),
    # a wrong key is said, within the menu in which it was pressed; a star leads back to the top
    (["2", "9", "1"], f"greeting[2] menu_2[9] invalid menu_2[1] connecting WAIT {REPAIRS}"),
    (["2", "*", "1"], f"greeting[2] menu_2[*] menu[1] connecting WAIT {SALES}"),
    (["2"], "greeting[2] menu_2[] menu_2[] menu_2[] no_digit HANG_UP"),
    (["2", "4", "1", "2", "1"],
     f"greeting[2] menu_2[4] announcement_24[1] announcement_24[2] menu[1] connecting WAIT {SALES}"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "expected"), NESTED_JOURNEYS)
def test_a_menu_within_the_menu(keys: list[str | None], expected: str) -> None:
    compiled = compile_tenant(tenant(NESTED_PROMPTS, ars_menu=NESTED))
    assert told(walk(compiled, DID, TUESDAY_TEN, keys)) == expected


def test_the_keys_of_a_menu_within_the_menu_are_marked_together() -> None:
    compiled = compile_tenant(tenant(NESTED_PROMPTS, ars_menu=NESTED))
    found = marks(walk(compiled, DID, TUESDAY_TEN, ["2", "4", "2", "2", "1"]))
    assert found == [f"did {DID}", "greeting", "menu 2", "menu 24", "announcement 24", "menu 2", "menu 21",
                     f"queue {REPAIRS}"]  # fmt: skip


def test_a_single_entry_that_asks_is_asked_at_once() -> None:
    compiled = compile_tenant(tenant(NESTED_PROMPTS, ars_menu=NESTED[1:]))
    assert told(walk(compiled, DID, TUESDAY_TEN, ["1"])) == f"greeting menu_2[1] connecting WAIT {REPAIRS}"
    # there is no other menu to go back to: the star is a wrong key
    assert told(walk(compiled, DID, TUESDAY_TEN, ["*", "1"])).startswith("greeting menu_2[*] invalid menu_2[1]")


def test_while_a_key_is_awaited_there_is_music() -> None:
    """Every question is followed by music for as long as its answer may take, never by silence."""
    for key_music, expected in (("", "local_stream://sangdam"), ("/p/keys.wav", "/p/keys.wav")):
        compiled = compile_tenant(tenant(ars_menu_timeout_seconds=7), key_music=key_music)
        asked = [
            action.data
            for extension in compiled.context.extensions
            for condition in extension.conditions
            for action in condition.actions
            if action.application == "playback" and action.data.startswith("file_string://")
        ]
        sounds = {data.partition("!")[0].rpartition("/")[2] for data in asked}
        assert sounds == {"menu.wav", "announcement_3.wav"}
        assert {data.partition("!")[2] for data in asked} == {f"{{timeout=7000}}{expected}"}
        assert (key_music in compiled.prompts) is bool(key_music)


def test_a_tree_is_named_by_its_content_and_reached_by_the_lasting_name() -> None:
    compiled, same = compile_tenant(tenant()), compile_tenant(tenant(version=99))
    other = compile_tenant(tenant(ars_menu_timeout_seconds=9))
    assert re.fullmatch(r"t1_[0-9a-f]{12}", compiled.context.name)
    assert compiled.context.name == same.context.name != other.context.name
    found = hunt(compiled.doorway, f"queue-{SALES}", {}, TUESDAY_TEN)
    assert found is not None
    assert [action.data for action in found[1]] == [f"queue-{SALES} XML {compiled.context.name}"]
    assert hunt(compiled.doorway, "${x}", {}, TUESDAY_TEN) is None
