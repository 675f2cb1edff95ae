"""Korean numbers: one spelling, their kinds, how they are shown, masked, and which may be dialled."""

from __future__ import annotations

import pytest

from app.core.numbering import Kind, classify, display, mask, normalise, refusal


@pytest.mark.parametrize(
    ("written", "normal", "kind", "shown", "masked"),
    [
        ("010-3612-3745", "01036123745", Kind.MOBILE, "010-3612-3745", "010-36**-37**"),
        ("+821036123745", "01036123745", Kind.MOBILE, "010-3612-3745", "010-36**-37**"),
        ("821036123745", "01036123745", Kind.MOBILE, "010-3612-3745", "010-36**-37**"),
        ("+82 10 3612 3745", "01036123745", Kind.MOBILE, "010-3612-3745", "010-36**-37**"),
        ("+8201036123745", "01036123745", Kind.MOBILE, "010-3612-3745", "010-36**-37**"),
        ("0111234567", "0111234567", Kind.MOBILE, "011-123-4567", "011-1**-45**"),
        ("031-8012-4256", "03180124256", Kind.LAND, "031-8012-4256", "031-80**-42**"),
        ("02-123-4567", "021234567", Kind.LAND, "02-123-4567", "02-1**-45**"),
        ("+8221234567", "021234567", Kind.LAND, "02-123-4567", "02-1**-45**"),
        ("07040000001", "07040000001", Kind.INTERNET, "070-4000-0001", "070-40**-00**"),
        ("050512345678", "050512345678", Kind.PERSONAL, "0505-1234-5678", "0505-12**-56**"),
        ("0801234567", "0801234567", Kind.TOLL_FREE, "080-123-4567", "080-1**-45**"),
        ("1588-0000", "15880000", Kind.SERVICE, "1588-0000", "1588-00**"),
        ("+8215880000", "15880000", Kind.SERVICE, "1588-0000", "1588-00**"),
        ("119", "119", Kind.EMERGENCY, "119", "1**"),
        ("114", "114", Kind.SHORT, "114", "1**"),
        ("0081312345678", "0081312345678", Kind.INTERNATIONAL, "0081312345678", "00813123456**"),
        ("+81312345678", "+81312345678", Kind.INTERNATIONAL, "+81312345678", "+813123456**"),
        ("anonymous", "anonymous", Kind.UNKNOWN, "anonymous", "anonymo**"),
        ("", "", Kind.UNKNOWN, "", ""),
    ],
)
def test_numbers(written: str, normal: str, kind: Kind, shown: str, masked: str) -> None:
    assert normalise(written) == normal
    assert classify(written) is kind
    assert display(written) == shown
    assert mask(written) == masked
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("01012345678", None),
        ("+821012345678", None),
        ("112", None),
        ("*123#", None),
        ("0081312345678", "international_refused"),
        ("+81312345678", "international_refused"),
        ("06012345678", "number_blocked"),
        ("+82601234567", "number_blocked"),
        ("", "bad_number"),
        ("**#", "bad_number"),
        ("0", "bad_number"),
        ("1009", "bad_number"),  # an extension that nobody has
        ("021234", "bad_number"),
        ("010-1234-5678", "bad_number"),
        ("${system(rm)}", "bad_number"),
        ("0101234567\n", "bad_number"),
        ("012345678901234567890", "bad_number"),
        ("０１０１２３４５６７８", "bad_number"),
    ],
)
def test_which_numbers_may_be_dialled(number: str, code: str | None) -> None:
    assert refusal(number, international_allowed=False, blocked_prefixes=("060", "11")) == code


def test_international_numbers_where_they_are_allowed() -> None:
    assert refusal("0081312345678", international_allowed=True) is None
