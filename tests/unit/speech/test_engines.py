"""Which engine speaks, by setting and by what is installed; sherpa-onnx's models by their files."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import doctor
from app.adapters import engines, sherpa_voice
from app.adapters.children import Children
from app.adapters.engines import NoEngine, choose_engine, model_files, sherpa
from app.adapters.speech import EngineSpeech, ToneSpeech, open_speech
from app.config import Settings, SettingsError
from app.doctor import Verdict
from app.ports import SpeechUnavailable
from tests.unit.speech.measuring import read_wav

COMMON = ("tokens.txt", "espeak-ng-data/phontab")
MODELS = {
    "vits": (("ko_KO-kss_low.onnx", *COMMON), {"model", "tokens", "data_dir"}),
    "matcha": (
        ("model-steps-3.onnx", "vocos-22khz-univ.onnx", "lexicon.txt", "dict/x", "tokens.txt"),
        {"acoustic_model", "vocoder", "lexicon", "dict_dir", "tokens"},
    ),
    "kokoro": (
        ("model.onnx", "voices.bin", "lexicon-us-en.txt", "lexicon-zh.txt", *COMMON),
        {"model", "voices", "lexicon", "tokens", "data_dir"},
    ),
    "supertonic": (
        (
            "duration_predictor.int8.onnx", "text_encoder.int8.onnx", "vector_estimator.int8.onnx",
            "vocoder.int8.onnx", "tts.json", "unicode_indexer.bin", "voice.bin",
        ),
        {
            "duration_predictor", "text_encoder", "vector_estimator", "vocoder", "tts_json", "unicode_indexer",
            "voice_style",
        },
    ),
}  # fmt: skip
"""Kind → the files of a model as sherpa-onnx gives it out, and the names of its configuration."""


def lay_out(folder: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


@pytest.fixture
def with_sherpa(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the package were installed; it is only looked for here, and imported by its own process."""
    find = importlib.util.find_spec
    there = importlib.machinery.ModuleSpec("sherpa_onnx", None)
    monkeypatch.setattr(
        engines.importlib.util, "find_spec", lambda name: there if name == "sherpa_onnx" else find(name)
    )


@pytest.fixture
def without_sherpa(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        engines.importlib.util, "find_spec", lambda name: None if name == "sherpa_onnx" else find(name)
    )


@pytest.mark.parametrize("kind", MODELS)
def test_a_model_is_known_by_its_files(tmp_path: Path, kind: str) -> None:
    names, expected = MODELS[kind]
    found, files = model_files(lay_out(tmp_path, names))
    assert found == kind
    assert set(files) == expected
    assert all(Path(path).exists() for joined in files.values() for path in joined.split(","))


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "no model that is known"),
        (("a.onnx", "b.onnx", "tokens.txt"), "no model that is known"),
        (("a.onnx",), "lacks tokens.txt"),
        (("model.onnx", "voices.bin"), "lacks tokens.txt"),
        (MODELS["supertonic"][0][:5], "lacks unicode_indexer.bin, voice.bin"),
    ],
)
def test_a_directory_that_is_no_model_is_said_so(tmp_path: Path, names: tuple[str, ...], says: str) -> None:
    with pytest.raises(NoEngine, match=says):
        model_files(lay_out(tmp_path, names))


def test_a_changed_model_is_another_voice(tmp_path: Path, with_sherpa: None) -> None:
    folder = lay_out(tmp_path, MODELS["vits"][0])
    first = sherpa(folder)
    assert sherpa(folder) == first
    assert sherpa(folder, speaker=3).name != first.name
    (folder / "ko_KO-kss_low.onnx").write_bytes(b"another")
    assert sherpa(folder).name != first.name


# -- which engine ---------------------------------------------------------------------------------


def test_auto_takes_the_model_where_one_is_set_else_espeak(tmp_path: Path, with_sherpa: None) -> None:
    folder = lay_out(tmp_path / "model", MODELS["vits"][0])
    assert "sherpa_voice.py" in " ".join(_engine("auto", folder).command)
    assert _engine("espeak", folder).name == _engine("auto", None).name
    assert "espeak" in _engine("auto", None).name
    assert choose_engine("none", folder) is None


def _engine(voice: str, model: Path | None) -> engines.Engine:
    found = choose_engine(voice, model)
    if found is None:
        pytest.skip(engines.ESPEAK_ADVICE)
    return found


def test_what_was_asked_for_and_is_missing_is_never_replaced_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_sherpa: None
) -> None:
    folder = lay_out(tmp_path / "model", MODELS["vits"][0])
    for voice in ("auto", "sherpa"):
        with pytest.raises(SpeechUnavailable, match="pip install sherpa-onnx") as caught:
            open_speech(tmp_path, voice=voice, model=folder)
        assert caught.value.code == "no_speech"
    monkeypatch.setattr(engines, "espeak", lambda: None)
    with pytest.raises(SpeechUnavailable, match="apt install espeak-ng"):
        open_speech(tmp_path, voice="espeak")


def test_no_voice_is_a_choice_too(tmp_path: Path) -> None:
    chosen = open_speech(tmp_path, voice="none")
    assert isinstance(chosen, ToneSpeech)
    assert "SANGDAM_VOICE is none" in chosen.advice


# -- settings and doctor --------------------------------------------------------------------------


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"voice": "festival"}, "SANGDAM_VOICE: write one of auto, espeak, sherpa, none."),
        ({"voice": "sherpa"}, "SANGDAM_VOICE=sherpa needs SANGDAM_VOICE_MODEL, the directory of its model."),
        ({"voice_model": "/no/such/place"}, "is not a directory"),
        ({"voice_model": "/"}, "holds no .onnx file"),
        ({"voice_speaker": "-1"}, "a speaker is a whole number from 0 to 999"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_start(settings: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(**settings)
    (problem,) = caught.value.problems
    assert says in problem


def test_settings_go_on_to_every_process(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "model", MODELS["vits"][0])
    found = make_settings(voice="Sherpa", voice_model=str(folder), voice_speaker="4").environment()
    assert (found["SANGDAM_VOICE"], found["SANGDAM_VOICE_MODEL"]) == ("sherpa", str(folder))
    assert found["SANGDAM_VOICE_SPEAKER"] == "4"


def test_doctor_says_what_speaks_and_what_to_install(
    make_settings: Callable[..., Settings], tmp_path: Path, without_sherpa: None
) -> None:
    folder = lay_out(tmp_path / "model", MODELS["vits"][0])
    missing = doctor.speech(make_settings(voice_model=str(folder)))
    assert missing.verdict is Verdict.BAD and "pip install sherpa-onnx" in missing.text
    chimes = doctor.speech(make_settings(voice="none"))
    assert chimes.verdict is Verdict.LACKING and "chimes" in chimes.text
    if engines.espeak() is not None:
        good = doctor.speech(make_settings())
        assert good.verdict is Verdict.GOOD and "espeak" in good.text


# -- sherpa-onnx itself ---------------------------------------------------------------------------


class FakeSherpa:
    """The part of sherpa-onnx 2.0.1 that is used, by the names and arguments of its bindings."""

    def __init__(self, valid: bool = True) -> None:
        self.valid = valid
        self.configured: dict[str, Any] = {}
        self.asked: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        known = {f"OfflineTts{kind.title()}ModelConfig": kind for kind in MODELS}
        if name not in known:
            raise AttributeError(name)

        def configure(**files: str) -> tuple[str, dict[str, str]]:
            return known[name], files

        return configure

    def OfflineTtsModelConfig(self, *, num_threads: int, **kinds: Any) -> Any:
        (kind, (named, files)) = next(iter(kinds.items()))
        assert len(kinds) == 1 and kind == named and num_threads == 1
        return kind, files

    def OfflineTtsConfig(self, model: Any) -> Any:
        fake = self

        class Config:
            kind, files = model

            def validate(self) -> bool:
                return fake.valid

        return Config()

    class GenerationConfig:
        sid = 0
        extra: dict[str, str] = {}

    def OfflineTts(self, config: Any) -> Any:
        fake = self
        fake.configured = {config.kind: config.files}

        class Audio:
            sample_rate = 22050
            samples = [0.0, 0.5, -0.5]

        class Engine:
            def generate(
                self, text: str, config: FakeSherpa.GenerationConfig | None = None, *, sid: int = 0, speed: float = 1.0
            ) -> Audio:
                fake.asked = [text, config.sid if config else sid, config.extra if config else speed]
                return Audio()

        return Engine()


@pytest.mark.parametrize("kind", MODELS)
def test_sherpa_is_called_as_its_bindings_want_it(tmp_path: Path, kind: str, with_sherpa: None) -> None:
    engine = sherpa(lay_out(tmp_path, MODELS[kind][0]), speaker=2)
    order = json.loads(engine.command[-1])
    fake = FakeSherpa()
    rate, samples = sherpa_voice.speak(fake, order["kind"], order["files"], order["speaker"], "안녕하세요")
    assert (rate, list(samples)) == (22050, [0.0, 0.5, -0.5])
    assert set(fake.configured[kind]) == MODELS[kind][1]
    assert fake.asked == ["안녕하세요", 2, {"lang": "ko"} if kind == "supertonic" else 1.0]


def test_a_model_that_sherpa_refuses_is_said_so() -> None:
    with pytest.raises(ValueError, match="refuses the vits model"):
        sherpa_voice.speak(FakeSherpa(valid=False), "vits", {"model": "x"}, 0, "가")


def test_a_model_made_by_hand_speaks(tmp_path: Path) -> None:
    """Only where sherpa-onnx and onnx are installed: a VITS model that sounds a tone, run for real."""
    pytest.importorskip("sherpa_onnx", reason="sherpa-onnx is optional: pip install sherpa-onnx onnx")
    pytest.importorskip("onnx", reason="the model is made with it: pip install onnx")
    from tests.unit.speech.tiny_model import write_model

    voice = EngineSpeech(sherpa(write_model(tmp_path / "model")), tmp_path / "cache", Children())
    rate, samples = read_wav(voice.preview("가나다"))
    assert rate == 16000 and len(samples) > 8000
