"""Publication: all or nothing, cheap among a thousand, and back when FreeSWITCH says no."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.definitions import QueueConfig, TenantConfig
from app.core.errors import InvalidDefinition
from dialplan.publish import TREES_KEPT, PublicationRejected, Publisher
from tests.unit.dialplan.example import PROMPTS, REPAIRS, SALES, prompt_paths, tenant

OK = "+OK [Success]\n"


class FreeSwitch:
    """What reloadxml would do: looks at the files, says its word."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.reloads = 0
        self.answers: list[str | None | OSError] = []
        self.seen: dict[str, bytes] = {}

    def reload(self) -> str | None:
        self.reloads += 1
        answer = self.answers.pop(0) if self.answers else OK
        if isinstance(answer, OSError):
            raise answer
        self.seen = files(self.root)
        return answer


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.glob("*/*.xml"))}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "dialplan"


@pytest.fixture
def switch(root: Path) -> FreeSwitch:
    return FreeSwitch(root)


@pytest.fixture
def publisher(root: Path, switch: FreeSwitch) -> Publisher:
    return Publisher(root, switch.reload)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., TenantConfig]:
    for name in PROMPTS:
        (tmp_path / f"{name}.wav").write_bytes(b"")
    return lambda **changes: tenant(prompt_paths(str(tmp_path)), **changes)


DIRECTORY = "<include><user id='demo-1001'/></include>"


def test_a_first_publication_and_the_same_again(
    publisher: Publisher, switch: FreeSwitch, make: Callable[..., TenantConfig]
) -> None:
    done = publisher.publish(make(), DIRECTORY)
    assert sorted(switch.seen) == ["directory/t1.xml", "public/t1.xml", "tenants/t1.xml"]
    assert len(done.changed) == 3
    assert publisher.publish(make(), DIRECTORY).changed == ()
    assert switch.reloads == 1
    assert publisher.published() == {1}


def test_only_what_changes_is_written(
    publisher: Publisher, switch: FreeSwitch, root: Path, make: Callable[..., TenantConfig]
) -> None:
    publisher.publish(make(), DIRECTORY)
    before = {path: path.stat().st_mtime_ns for path in root.glob("*/*.xml")}
    done = publisher.publish(
        make(queues={SALES: QueueConfig(SALES, "새 이름"), REPAIRS: QueueConfig(REPAIRS, "")})
    )
    assert [path.parent.name for path in done.changed] == ["tenants"]
    assert (root / "directory/t1.xml").read_text() == DIRECTORY
    after = {path: path.stat().st_mtime_ns for path in root.glob("*/*.xml")}
    assert {path.parent.name for path in after if after[path] != before[path]} == {"tenants"}


def test_a_rejected_publication_leaves_the_previous_one(
    publisher: Publisher, switch: FreeSwitch, root: Path, make: Callable[..., TenantConfig]
) -> None:
    publisher.publish(make(), DIRECTORY)
    live = files(root)
    switch.answers = ["+OK [[error near line 7]: unclosed <x>]\n"]
    with pytest.raises(PublicationRejected, match="error near line 7") as caught:
        publisher.publish(make(service_name="andere"), DIRECTORY)
    assert "unclosed" in caught.value.reply
    assert files(root) == live == switch.seen
    assert switch.reloads == 3  # the rejected one, and the one that brings the previous files back


def test_a_first_publication_that_is_rejected_leaves_nothing(
    publisher: Publisher, switch: FreeSwitch, root: Path, make: Callable[..., TenantConfig]
) -> None:
    switch.answers = ["-ERR no"]
    with pytest.raises(PublicationRejected):
        publisher.publish(make(), DIRECTORY)
    assert files(root) == {}
    assert publisher.published() == frozenset()


def test_a_switch_that_cannot_be_asked_leaves_the_previous_files(
    publisher: Publisher, switch: FreeSwitch, root: Path, make: Callable[..., TenantConfig]
) -> None:
    publisher.publish(make(), DIRECTORY)
    live = files(root)
    switch.answers = [ConnectionResetError("gone")]
    with pytest.raises(ConnectionResetError):
        publisher.publish(make(service_name="andere"))
    assert files(root) == live


def test_without_a_running_switch_the_files_wait_for_its_start(
    publisher: Publisher, switch: FreeSwitch, root: Path, make: Callable[..., TenantConfig]
) -> None:
    switch.answers = [None]
    publisher.publish(make(), DIRECTORY)
    assert len(files(root)) == 3


def test_what_cannot_be_compiled_or_heard_is_not_written(
    publisher: Publisher, switch: FreeSwitch, root: Path, make: Callable[..., TenantConfig]
) -> None:
    config = make()
    os.unlink(config.ars.prompts["greeting"])
    with pytest.raises(InvalidDefinition) as caught:
        publisher.publish(config)
    assert caught.value.details["value"] == [config.ars.prompts["greeting"]]
    with pytest.raises(InvalidDefinition, match="not XML"):
        publisher.publish_directory(1, "<include>")
    assert switch.reloads == 0
    assert not root.exists() or files(root) == {}


def contexts(root: Path) -> list[str]:
    """Names of the contexts in the tenant's file, the doorway's first."""
    found = ElementTree.parse(root / "tenants/t1.xml").iterfind("context")
    return [element.get("name", "") for element in found]


def test_calls_in_progress_keep_their_tree(
    root: Path, switch: FreeSwitch, make: Callable[..., TenantConfig]
) -> None:
    """| published | calls in | kept beside the present tree |"""
    calls: set[str] = set()
    publisher = Publisher(root, switch.reload, in_use=lambda: frozenset(calls))
    trees = []

    def publish(seconds: int) -> list[str]:
        publisher.publish(make(ars_menu_timeout_seconds=seconds), DIRECTORY)
        doorway, present, *before = contexts(root)
        assert doorway == "t1"
        trees.append(present)
        return before

    assert publish(1) == []
    calls.add(trees[0])
    assert publish(2) == [trees[0]]
    assert publish(3) == [trees[1], trees[0]]  # the present one until now, and the one with a call
    assert publish(4) == [trees[2], trees[0]]
    calls.clear()
    assert publish(5) == [trees[3]]
    assert publish(4) == [trees[4]]  # back again: the same tree under the same name
    assert trees[5] == trees[3]


def test_two_hundred_publications_leave_nothing_behind(
    root: Path, switch: FreeSwitch, make: Callable[..., TenantConfig]
) -> None:
    publisher = Publisher(root, switch.reload, in_use=lambda: frozenset())
    for turn in range(200):
        publisher.publish(make(licences=4 + turn), DIRECTORY)
    assert len(contexts(root)) == 3
    assert sorted(str(path.relative_to(root)) for path in root.glob("*/*")) == [
        "directory/t1.xml", "public/t1.xml", "tenants/t1.xml",
    ]  # fmt: skip


def test_a_switch_that_does_not_tell_where_calls_are_costs_no_call_its_tree(
    root: Path, switch: FreeSwitch, make: Callable[..., TenantConfig]
) -> None:
    def refuse() -> frozenset[str]:
        raise ConnectionResetError("gone")

    publisher = Publisher(root, switch.reload, in_use=refuse)
    for turn in range(30):
        publisher.publish(make(licences=4 + turn), DIRECTORY)
    assert len(contexts(root)) == 2 + TREES_KEPT


def test_removal_takes_trees_of_before_too(
    publisher: Publisher, root: Path, make: Callable[..., TenantConfig]
) -> None:
    publisher.publish(make(), DIRECTORY)
    publisher.publish(make(licences=9), DIRECTORY)
    assert len(publisher.remove(1).changed) == 3
    assert [path.name for path in root.glob("*/*")] == []
    assert publisher.remove(1).changed == ()


def test_among_many_tenants_three_files_are_touched(
    publisher: Publisher, root: Path, make: Callable[..., TenantConfig]
) -> None:
    for folder in ("public", "tenants", "directory"):
        (root / folder).mkdir(parents=True)
        for number in range(2, 1001):
            (root / folder / f"t{number}.xml").write_text("<include/>")
    before = {path: path.stat().st_mtime_ns for path in root.glob("*/*.xml")}
    publisher.publish(make(), DIRECTORY)
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in before.items())
    assert len(publisher.published()) == 1000


def test_a_publisher_that_was_killed_before_the_reload_is_made_up_for(
    publisher: Publisher, switch: FreeSwitch, root: Path, make: Callable[..., TenantConfig]
) -> None:
    publisher.publish(make(), DIRECTORY)

    def die() -> str | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Publisher(root, die).publish(make(licences=9), DIRECTORY)
    assert files(root) != switch.seen  # written, and nobody has read it
    publisher.publish(make(licences=9), DIRECTORY)
    assert files(root) == switch.seen
    reloads = switch.reloads
    publisher.publish(make(licences=9), DIRECTORY)
    assert switch.reloads == reloads


def test_a_switch_that_read_too_slowly_reads_the_previous_files_again(
    publisher: Publisher, switch: FreeSwitch, root: Path, make: Callable[..., TenantConfig]
) -> None:
    publisher.publish(make(), DIRECTORY)

    class Slow(FreeSwitch):
        def reload(self) -> str | None:
            self.reloads += 1
            self.seen = files(self.root)
            if self.reloads == 1:
                raise TimeoutError("no answer within 30 s")
            return OK

    slow = Slow(root)
    with pytest.raises(TimeoutError):
        Publisher(root, slow.reload).publish(make(licences=9), DIRECTORY)
    assert slow.seen == files(root) == switch.seen
