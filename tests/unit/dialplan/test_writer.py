"""The XML that is written, compared as trees; and hostile names in it."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ElementTree
from xml.etree.ElementTree import Element

import pytest

from app.core.definitions import MenuEntry, QueueConfig
from dialplan.compiler import compile_tenant
from dialplan.model import Action, Condition, When, named
from dialplan.writer import context_xml, public_xml
from tests.unit.dialplan.example import DID, REPAIRS, SALES, tenant

TREE = compile_tenant(tenant()).context.name

HOSTILE = "<a>&\"'${system(id)} $${esl_password} ]]> --> <!-- \n\t\x00\x1b\ud800 %0A 한글 😀"


def tree(element: Element) -> object:
    return element.tag, sorted(element.attrib.items()), [tree(child) for child in element]


def extension(text: str, name: str) -> Element:
    found = ElementTree.fromstring(text).find(f".//extension[@name='{name}']")
    assert found is not None
    return found


def test_the_entry_of_a_number() -> None:
    expected = """
    <extension name="t1-07040000001" description="demo">
      <condition field="destination_number" expression="^(?:\\+?820?|0)?7040000001(?!\\n)$">
        <action application="export" data="sangdam_tenant=1"/>
        <action application="set" data="sangdam_did=07040000001"/>
        <action application="set" data="sangdam_role=caller"/>
        <action application="export" data="sangdam_call=${uuid}"/>
        <action application="set" data="app_disable_expand_variables=true"/>
        <action application="set" data="sip_copy_custom_headers=false"/>
        <action application="set" data="timezone=Asia/Seoul"/>
        <action application="set" data="media_timeout=300000"/>
        <action application="set" data="media_hold_timeout=1800000"/>
        <action application="set" data="playback_terminators=none"/>
        <action application="set" data="sangdam_step=did"/>
        <action application="event"
          data="Event-Name=CUSTOM,Event-Subclass=sangdam::ars,sangdam_step=did,sangdam_detail=07040000001"/>
        <action application="transfer" data="entry XML t1"/>
      </condition>
    </extension>"""
    found = extension(public_xml(compile_tenant(tenant())), f"t1-{DID}")
    assert tree(found) == tree(ElementTree.fromstring(expected))


def test_the_hours() -> None:
    expected = """
    <extension name="hours">
      <condition field="destination_number" expression="^hours$"/>
      <condition mon="1" mday="1" break="on-true"><action application="transfer" data="holiday XML t1"/></condition>
      <condition year="2026" mon="3" mday="2" break="on-true">
        <action application="transfer" data="holiday XML t1"/>
      </condition>
      <condition wday="2,3,4,5,6" time-of-day="09:00:00-11:59:59,13:00:00-17:59:59" break="on-true">
        <action application="transfer" data="greeting XML t1"/>
      </condition>
      <condition><action application="transfer" data="after-hours XML t1"/></condition>
    </extension>"""
    found = extension(context_xml(compile_tenant(tenant())), "hours")
    assert tree(found) == tree(ElementTree.fromstring(expected.replace("XML t1", f"XML {TREE}")))


def test_the_queue_waits_for_the_controller_under_guard() -> None:
    found = extension(context_xml(compile_tenant(tenant())), f"queue-{SALES}")
    actions = [(a.get("application"), a.get("data")) for a in found.iter("action")]
    assert actions == [
        ("export", f"sangdam_queue={SALES}"),
        ("set", "sangdam_step=queue"),
        ("event", f"Event-Name=CUSTOM,Event-Subclass=sangdam::ars,sangdam_step=queue,sangdam_detail={SALES}"),
        ("playback", "/prompts/t1/connecting.wav"),
        ("sched_transfer", f"+5 fallback-{SALES} XML {TREE}"),
        ("sched_broadcast", "+2 local_stream://sangdam aleg"),
        ("park", ""),
    ]


def test_every_extension_that_the_contract_names_is_there() -> None:
    root = ElementTree.fromstring(context_xml(compile_tenant(tenant())))
    names = [element.get("name") for element in root.iter("extension")]
    assert len(names) == len(set(names))
    assert {
        "entry", "hours", "greeting", "menu", "menu-1", "menu-2", "menu-3", f"queue-{SALES}",
        f"fallback-{SALES}", f"queue-{REPAIRS}", f"fallback-{REPAIRS}", "after-hours", "holiday", "lines-full",
        "unavailable", "no-digit", "wrong-digit", "forced-end",
    } <= set(names)  # fmt: skip


def test_every_transfer_leads_to_an_extension_that_exists() -> None:
    compiled = compile_tenant(tenant())
    names = {extension.name for extension in compiled.context.extensions}
    targets = set()
    for context in compiled.contexts():
        for ext in context.extensions:
            if context is compiled.doorway:
                continue
            for condition in ext.conditions:
                for action in condition.actions:
                    if action.application == "transfer":
                        targets.add(action.data)
                    if action.application == "sched_transfer":
                        targets.add(action.data.partition(" ")[2])
    assert {target for target in targets if target.split()[0] not in names} == set()
    assert {target.split(" ", 1)[1] for target in targets} == {f"XML {compiled.context.name}", "XML t1"}


def test_hostile_names_stay_names() -> None:
    """The tree is that of harmless names, but for the descriptions; and no global variable is named."""
    harmless = tenant()
    hostile = dataclasses.replace(
        harmless,
        service_name=HOSTILE,
        ars=dataclasses.replace(
            harmless.ars,
            menu=tuple(
                MenuEntry(e.digit, HOSTILE, e.queue_id, e.announcement and HOSTILE) for e in harmless.ars.menu
            ),
        ),
        queues={n: QueueConfig(n, HOSTILE, HOSTILE, tiers=q.tiers) for n, q in harmless.queues.items()},
        agents={n: dataclasses.replace(a, name=HOSTILE, login=HOSTILE) for n, a in harmless.agents.items()},
    )
    for write in (public_xml, context_xml):
        text = write(compile_tenant(hostile))
        assert "$$" not in text
        found, expected = (ElementTree.fromstring(each) for each in (text, write(compile_tenant(harmless))))
        descriptions = {element.attrib.pop("description", None) for element in found.iter("extension")}
        for element in expected.iter("extension"):
            element.attrib.pop("description", None)
        assert tree(found) == tree(expected)
        kept = " ".join(
            HOSTILE.replace("\x00", "\ufffd").replace("\x1b", "\ufffd").replace("\ud800", "\ufffd").split()
        )
        assert kept in descriptions


def test_a_condition_has_a_field_or_a_time() -> None:
    with pytest.raises(ValueError, match="either"):
        Condition("destination_number", "^x$", When(mon="1"))
    with pytest.raises(ValueError, match="break"):
        Condition(break_="sometimes")
    assert named("x", [Action("park")]).conditions[0].expression == "^x$"
