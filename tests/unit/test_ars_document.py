"""The stored ARS document and the definition say the same."""

from datetime import date, time

import pytest

from app.core import ars_document
from app.core.definitions import ArsDefinition, Holiday, MenuEntry, Slot
from app.core.errors import InvalidDefinition

ARS = ArsDefinition(
    menu=(MenuEntry("1", "회원 <문의>", 3), MenuEntry("2", "찾아오시는 길", None, "판교역 1번 출구입니다.")),
    slots=(Slot(frozenset({0, 4}), time(9), time(12, 30), True, "평일"), Slot(frozenset({5}), time(22), time(6))),
    holidays=(Holiday(date(2026, 1, 1), "신정", "public", True),),
    prompts={"greeting": "/prompts/t1/a.wav"},
)


def test_a_definition_survives_storage():
    document = ars_document.dump(ARS, {"greeting": "안녕하세요"}, {"greeting": "t1/a.wav"})
    assert ars_document.load(document, "/prompts") == ARS


@pytest.mark.parametrize(
    "document",
    [
        {"prompts": {"greeting": "../../etc/passwd"}},
        {"prompts": {"greeting": "/etc/passwd"}},
        {"slots": [{"weekdays": [0], "start": "9h", "end": "18:00"}]},
        {"menu": [{"name": "without digit"}]},
    ],
)
def test_a_damaged_document_is_refused(document):
    with pytest.raises(InvalidDefinition):
        ars_document.load(document, "/prompts")
