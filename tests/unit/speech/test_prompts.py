"""Announcements of a tenant: spoken or recorded, made once, never overwritten."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.core.definitions import TenantConfig
from app.core.errors import InvalidDefinition
from app.ports import SpeechUnavailable, Upload
from app.services.messages import text
from app.services.prompts import PromptFileMissing, PromptRenderer
from dialplan.compiler import compile_tenant
from tests.unit.dialplan.example import tenant


class Voice:
    """Writes the text itself; notes what it was given and how many were at work at once."""

    speaks = True
    voice = "test 1"
    advice = ""

    def __init__(self, fails_at: str = "") -> None:
        self.said: list[str] = []
        self.most = self._now = 0
        self._fails_at = fails_at
        self._lock = threading.Lock()
        self._two = threading.Event()

    def render(self, text: str, path: str) -> None:
        with self._lock:
            self.said.append(text)
            self._now += 1
            self.most = max(self.most, self._now)
            if self._now == 2:
                self._two.set()
        self._two.wait(5)  # the first waits for company, so that the test sees whether it comes
        if self._fails_at and self._fails_at in text:
            raise SpeechUnavailable("no engine")
        Path(path).write_text(text)
        with self._lock:
            self._now -= 1

    def preview(self, text: str) -> bytes:
        raise NotImplementedError


@pytest.fixture
def config() -> TenantConfig:
    return tenant()


def recording(renderer: PromptRenderer, config: TenantConfig, name: str, sound: bytes = b"RIFF recorded") -> str:
    return renderer.keep_upload(config.tenant_id, Upload(sound, 3.0, "mp3", "인사말.mp3"), name)


def test_a_publication_speaks_only_what_is_new(config: TenantConfig, tmp_path: Path) -> None:
    voice = Voice()
    render = PromptRenderer(voice, tmp_path, "test 1")
    first = render(config, {})
    assert all(Path(path).read_text() for path in first.values())
    voice.said.clear()
    second = render(config, {"greeting": "새 인사말입니다."})
    assert voice.said == ["새 인사말입니다."]
    assert {name for name in first if first[name] != second[name]} == {"greeting"}
    assert Path(first["greeting"]).exists(), "somebody may be listening to it"
    compile_tenant(tenant(second))


def test_two_are_spoken_at_a_time_and_no_text_twice(config: TenantConfig, tmp_path: Path) -> None:
    voice = Voice()
    rendered = PromptRenderer(voice, tmp_path, "test 1")(config, {"delay": "같은 말", "hold": "같은 말"})
    assert voice.most == 2
    assert sorted(voice.said) == sorted(set(voice.said))
    assert rendered["delay"] == rendered["hold"]


def test_a_new_voice_makes_new_files(config: TenantConfig, tmp_path: Path) -> None:
    old = PromptRenderer(Voice(), tmp_path, "test 1")(config, {})
    new = PromptRenderer(Voice(), tmp_path, "test 2")(config, {})
    assert not set(old.values()) & set(new.values())
    assert all(Path(path).exists() for path in old.values())


def test_a_failure_leaves_no_half_a_publication(config: TenantConfig, tmp_path: Path) -> None:
    with pytest.raises(SpeechUnavailable):
        PromptRenderer(Voice(fails_at="고장"), tmp_path, "test 1")(config, {"greeting": "고장입니다."})
    PromptRenderer(Voice(), tmp_path, "test 1")(config, {"greeting": "고장입니다."})


def test_a_recording_wins_over_the_text(config: TenantConfig, tmp_path: Path) -> None:
    voice = Voice()
    render = PromptRenderer(voice, tmp_path, "test 1")
    mine = recording(render, config, "k3J9")
    rendered = render(config, {"greeting": "쓰지 않는 문구"}, {"greeting": mine, "no_such_prompt": mine})
    assert "쓰지 않는 문구" not in voice.said
    assert Path(rendered["greeting"]).read_bytes() == b"RIFF recorded"
    assert "no_such_prompt" not in rendered
    assert list(rendered) == list(render(config, {})), "in the order of the announcements, recorded or not"


def test_a_version_keeps_its_recording_when_another_is_uploaded(config: TenantConfig, tmp_path: Path) -> None:
    render = PromptRenderer(Voice(), tmp_path, "test 1")
    first = render(config, {}, {"greeting": recording(render, config, "one", b"RIFF one")})
    mine = recording(render, config, "one", b"RIFF two")  # even under the same name
    second = render(config, {}, {"greeting": mine})
    render.upload_file(mine).unlink()
    assert Path(first["greeting"]).read_bytes() == b"RIFF one"
    assert Path(second["greeting"]).read_bytes() == b"RIFF two"
    compile_tenant(tenant(second))


@pytest.mark.parametrize("place", ["t1/uploads/gone.wav", "t2/uploads/theirs.wav", "outside.wav", "t1"])
def test_a_recording_that_is_not_there_or_not_the_tenants_is_named(
    config: TenantConfig, tmp_path: Path, place: str
) -> None:
    (tmp_path / "t2/uploads").mkdir(parents=True)
    (tmp_path / "t2/uploads/theirs.wav").write_bytes(b"RIFF theirs")
    (tmp_path / "outside.wav").write_bytes(b"RIFF outside")
    render = PromptRenderer(Voice(), tmp_path, "test 1")
    with pytest.raises(PromptFileMissing) as caught:
        render(config, {}, {"greeting": str(tmp_path / place)})
    error = caught.value
    assert isinstance(error, InvalidDefinition), "what publishes handles it"
    assert "인사말" in text(error.code, "ko", **error.details)
    assert "Greeting" in text(error.code, "en", **error.details)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a.wav", "x" * 65, "가"])
def test_a_recording_has_a_plain_name(config: TenantConfig, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a recording"):
        recording(PromptRenderer(Voice(), tmp_path, "test 1"), config, name)
