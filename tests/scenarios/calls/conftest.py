"""FreeSWITCH's whole configuration, written once; each story publishes its tenant into it."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from freeswitch_conf import render
from tests.scenarios.calls.lookback import Lookback
from tests.scenarios.calls.office import Office
from tests.scenarios.calls.staff import PROMPT_SECONDS, publish, tenant

MakeOffice = Callable[..., Office]


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A state directory with prompts and the configuration; music is short, for nobody listens to it."""
    settings = Settings.load(state=tmp_path_factory.mktemp("calls"), freeswitch="none")
    settings.prepare()
    for folder in ("8000", "16000"):
        write_sound(settings.prompts_dir / "music" / folder / "sangdam.wav", 0.1)
    for name, seconds in PROMPT_SECONDS.items():
        write_sound(settings.prompts_dir / f"{name}.wav", seconds)
    render(settings)
    return settings


def write_sound(path: Path, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(int(8000 * seconds) * 2))


@pytest.fixture
def office(
    installation: Settings, tmp_path: Path
) -> Iterator[MakeOffice]:
    """``office(recall_seconds=10)``: a tenant with these changes, its controller and agents at work.

    When the story is over everything is looked back at (lookback.Lookback).
    """
    made_before: list[Path] = []
    with ExitStack() as endings:

        def make(
            *, controller: bool = True, at_work: str = "alice bob", look_back: bool = True, **changes: Any
        ) -> Office:
            of_office = {key: changes.pop(key) for key in ("start", "latency", "spacing", "seed") if key in changes}
            config = tenant(settings_prompts(installation), **changes)
            publish(installation, config)
            cdr_dir = tmp_path / f"cdr{len(made_before)}"
            cdr_dir.mkdir()
            made_before.append(cdr_dir)
            made = Office(
                config, installation.freeswitch_conf_dir, **of_office,
                options={"cdr_dir": cdr_dir},
            )  # fmt: skip
            lookback = endings.enter_context(Lookback(made, enabled=look_back))
            made.lookback = lookback
            if controller:
                made.start_controller()
            for name in at_work.split():
                made.begin_work(name)
            return made

        yield make


def settings_prompts(settings: Settings) -> dict[str, str]:
    return {name: str(settings.prompts_dir / f"{name}.wav") for name in PROMPT_SECONDS}
