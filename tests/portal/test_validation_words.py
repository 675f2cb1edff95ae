"""What validation says, in the reader's language."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import marshmallow as ma
import pytest
from marshmallow import validate

from admin_ui import api
from admin_ui.validation_words import in_korean

CASES = [
    ("post", "/agent/dial", {}, "number", "다음 중 꼭 하나만", "exactly one of"),
    ("post", "/agent/transfer/blind", {}, "target_agent", "다음 중 꼭 하나만", "exactly one of"),
    ("post", "/agent/status", {}, "status", "필수 항목입니다.", "Missing data for required field."),
    ("post", "/agent/status", {"status": "x"}, "status", "다음 중 하나여야 합니다: available", "Must be one of"),
    ("post", "/agent/status", {"status": 1}, "status", "문자열이 아닙니다.", "Not a valid string."),
    ("post", "/agent/hold", {"x": 1}, "x", "알 수 없는 항목입니다.", "Unknown field."),
    ("post", "/agent/mute", {"on": None}, "on", "null은 쓸 수 없습니다.", "Field may not be null."),
    ("post", "/agent/dial", {"number": "1" * 31}, "number", "길이는 1 이상 30 이하", "Length must be between"),
    ("get", "/calls?page=0", None, "page", "1 이상 1000000 이하여야 합니다.", "Must be greater than or equal to 1"),
    ("get", "/calls?from=x", None, "from", "날짜가 아닙니다.", "Not a valid date."),
]


@pytest.mark.parametrize(("method", "path", "body", "field", "korean", "english"), CASES)
def test_the_api_says_what_is_wrong_in_the_readers_language(
    program, method, path, body, field, korean, english
) -> None:
    for language, words in (("ko", korean), ("en", english)):
        answer = getattr(program("demo", "agent1"), method)(
            path, headers={"Accept-Language": language}, **({} if body is None else {"json": body})
        )
        assert answer.status_code == 422
        ((found,),) = [place[field] for place in answer.json["details"]["errors"].values()]
        assert found.startswith(words)


def test_a_malformed_body_is_told_in_korean(program) -> None:
    sent = program("demo", "agent1").post("/agent/hold", data="{", content_type="application/json")
    assert sent.json["details"]["errors"] == {"json": ["본문이 올바른 JSON이 아닙니다."]}


def schemas() -> list[type[ma.Schema]]:
    found = []
    for module in pkgutil.iter_modules(api.__path__):
        members = vars(importlib.import_module(f"{api.__name__}.{module.name}")).values()
        found += [member for member in members if inspect.isclass(member) and issubclass(member, ma.Schema)]
    return found


def fields_of(parts) -> list[ma.fields.Field]:
    found = []
    for field in parts:
        found += [field, *fields_of([getattr(field, "inner", None)] if getattr(field, "inner", None) else [])]
    return found


def sentences() -> set[str]:
    """Everything that the fields and validators of our schemas can say."""
    found = set(ma.Schema().error_messages.values())
    for schema in schemas():
        for field in fields_of(schema().load_fields.values()):
            gaps = {"obj_type": getattr(field, "OBJ_TYPE", ""), "input": "x", "awareness": "aware"}
            unsaid = {"format"} | (set() if isinstance(field, ma.fields.AwareDateTime) else {"invalid_awareness"})
            found |= {text.format(**gaps) for key, text in field.error_messages.items() if key not in unsaid}
            for check in field.validators:
                wrong = ["~" * 5000, "", -1, 2**70, 3.5]
                for value in wrong:
                    try:
                        check(value)
                    except ma.ValidationError as error:
                        found |= set(error.messages)
                    except TypeError:
                        assert isinstance(check, validate.Range | validate.Length | validate.Regexp)
    return found


def test_every_sentence_of_validation_is_known_in_korean() -> None:
    found = sentences()
    assert len(found) > 25
    assert [each for each in found if not re.search("[가-힣]", in_korean(each))] == []
