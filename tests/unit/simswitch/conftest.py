"""A fresh laboratory for each test."""

from __future__ import annotations

import pytest

from tests.scenarios.simswitch_harness import Lab


@pytest.fixture
def lab() -> Lab:
    return Lab()
