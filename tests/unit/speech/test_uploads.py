"""Uploaded recordings: every usual kind is taken, by its content; whatever else comes is refused with its reason."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import time
from array import array
from pathlib import Path

import av
import pytest

from app.adapters.children import ROOT, Children
from app.adapters.uploads import UploadDecoder, shown_name
from app.core.tones import wav_bytes
from app.ports import UPLOAD_MOST_BYTES, BadUpload
from app.services.errors import status_of
from app.services.messages import TEXTS, text
from tests.unit.speech.measuring import (
    clipped,
    encoded,
    level,
    peak,
    power_at,
    quiet_runs,
    read_wav,
    sine,
    tone_wav,
)

KINDS = [
    ("wav", "pcm_s16le", "wav"),
    ("wav", "pcm_s24le", "wav"),
    ("wav", "pcm_f32le", "wav"),
    ("wav", "pcm_mulaw", "wav"),
    ("wav", "adpcm_ms", "wav"),
    ("mp3", "libmp3lame", "mp3"),
    ("ipod", "aac", "mov"),
    ("ipod", "alac", "mov"),
    ("adts", "aac", "aac"),
    ("ogg", "vorbis", "ogg"),
    ("ogg", "libopus", "ogg"),
    ("flac", "flac", "flac"),
    ("webm", "libopus", "matroska"),
]


@pytest.fixture(scope="module")
def take() -> UploadDecoder:
    return UploadDecoder(Children())


def refusal(take: UploadDecoder, data: bytes, name: str = "인사말.mp3") -> BadUpload:
    """How ``data`` is refused, within seconds, with words that say what to do."""
    began = time.monotonic()
    with pytest.raises(BadUpload) as caught:
        take(data, name)
    assert time.monotonic() - began < 8
    error = caught.value
    assert error.code in TEXTS and status_of(error.code) in (413, 422, 503)
    for language in ("ko", "en"):
        assert "…" not in text(error.code, language, **error.details), "a gap without its figure"
    return error


@pytest.mark.parametrize(("container", "codec", "found"), KINDS)
def test_every_usual_kind_is_taken_by_its_content(
    take: UploadDecoder, container: str, codec: str, found: str
) -> None:
    rate = 48000 if codec == "libopus" else 44100
    upload = take(encoded(container, codec, 2.0, rate), "a name that says nothing")
    assert upload.container == found
    out_rate, samples = read_wav(upload.wav)
    assert out_rate == 16000
    assert upload.seconds == pytest.approx(len(samples) / 16000, abs=0.01) == pytest.approx(2.35, abs=0.06)
    assert power_at(samples[8000:24000], 16000, 800) > 0.95
    assert level(samples) == pytest.approx(-20, abs=0.5)
    assert peak(samples) < 0.71 and not clipped(samples)


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (22050, 3), (96000, 6), (192000, 8)])
def test_any_number_of_channels_becomes_one(take: UploadDecoder, rate: int, channels: int) -> None:
    mono = sine(800, rate, 1.2, 0.3)
    samples = array("h", bytes(2 * channels * len(mono)))
    for channel in range(channels):
        samples[channel::channels] = mono
    _, heard = read_wav(take(wave_of(samples, rate, channels), "x").wav)
    assert power_at(heard[4000:12000], 16000, 800) > 0.95


def test_two_channels_that_cancel_each_other_are_still_heard(take: UploadDecoder) -> None:
    mono = sine(800, 44100, 2, 0.3)
    both = array("h", bytes(4 * len(mono)))
    both[0::2], both[1::2] = mono, array("h", (-value for value in mono))
    _, samples = read_wav(take(wave_of(both, 44100, 2), "x").wav)
    assert level(samples) == pytest.approx(-20, abs=0.5)


def test_silence_around_and_inside_a_recording_is_cut(take: UploadDecoder) -> None:
    word, quiet = sine(800, 16000, 1, 0.3), array("h", bytes(2 * 16000 * 4))
    upload = take(wav_bytes(16000, quiet + word + quiet + word + quiet), "x")
    lead, inside, tail = quiet_runs(read_wav(upload.wav)[1])
    assert lead <= 0.12 and inside <= 0.62 and tail <= 0.27
    assert upload.seconds == pytest.approx(2.95, abs=0.1)


def test_the_longest_recording_is_taken_whole(take: UploadDecoder) -> None:
    upload = take(encoded("mp3", "libmp3lame", 119.5), "긴 안내.mp3")
    assert upload.seconds == pytest.approx(119.85, abs=0.2)


def test_a_title_in_an_old_korean_encoding_does_no_harm(take: UploadDecoder) -> None:
    title = "인사말".encode("euc-kr") + b"\0\0"
    tags = b"INFOINAM" + struct.pack("<I", len(title)) + title
    data = tone_wav()
    data = data[:12] + b"LIST" + struct.pack("<I", len(tags)) + tags + data[12:]
    assert take(data, "x").container == "wav"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("인사말.mp3", "인사말.mp3"),
        ("../../etc/passwd", "passwd"),
        ("C:\\녹음\\a.wav", "a.wav"),
        ("a\nb\0.wav", "ab.wav"),
        ("x" * 300 + ".wav", "x" * 96 + ".wav"),
        ("", ""),
    ],
)
def test_a_name_is_only_shown(name: str, shown: str) -> None:
    assert shown_name(name) == shown


# -- what is refused ------------------------------------------------------------------------------


def wave_of(samples: array[int], rate: int, channels: int, data_size: int | None = None) -> bytes:
    """A WAV file of 16 bit with any header."""
    body = samples.tobytes()
    size = len(body) if data_size is None else data_size
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", (36 + size) % 2**32, b"WAVE", b"fmt ", 16, 1, channels, rate,
        rate * channels * 2 % 2**32, channels * 2 % 2**16, 16, b"data", size,
    )  # fmt: skip
    return header + body


RANDOM = random.Random(20261126)
TONE = sine(800, 16000, 2, 0.3)
WAV = wav_bytes(16000, TONE)

NOT_SOUND = {
    "a text": "안녕하세요. 인사말입니다.\n".encode() * 50,
    "random bytes": RANDOM.randbytes(200_000),
    "zeros": bytes(200_000),
    "an MP3's first bytes, then nothing of it": b"\xff\xfb\x90\x00" + RANDOM.randbytes(50_000),
    "an ID3 tag without sound": b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10),
    "a picture": b"\x89PNG\r\n\x1a\n" + RANDOM.randbytes(5000),
    "a page": b"<!doctype html><script>alert(1)</script>" * 20,
    "an archive": b"PK\x03\x04" + RANDOM.randbytes(5000),
    "a WAV header alone": WAV[:44],
    "half a WAV header": WAV[:20],
    "no channel": wave_of(TONE, 16000, 0),
    "ten thousand channels": wave_of(array("h", bytes(40_000)), 16000, 10_000),
    "nine channels": wave_of(array("h", TONE[: len(TONE) // 9 * 9]), 16000, 9),
    "one sample a second": wave_of(TONE, 1, 1),
    "four thousand million samples a second": wave_of(TONE, 4_000_000_000, 1),
    "an Ogg page without a codec": b"OggS\x00\x02" + bytes(20) + b"\x01\x10" + bytes(16),
    "SDP": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n",
    "a list of subtitles": b"1\n00:00:00,000 --> 00:00:09,000\nhello\n",
}


@pytest.mark.parametrize("name", NOT_SOUND)
def test_what_is_no_sound_is_refused_whatever_it_is_called(take: UploadDecoder, name: str) -> None:
    assert refusal(take, NOT_SOUND[name]).code in ("upload_not_sound", "upload_damaged")


def test_a_picture_with_moving_images_alone_is_no_sound(take: UploadDecoder, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        for _ in range(10):
            file.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        file.mux(stream.encode(None))
    assert refusal(take, (tmp_path / "a.mp4").read_bytes()).code == "upload_not_sound"


@pytest.mark.parametrize(
    "written",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{path}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{path}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:9/a.wav\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{path}'\n",
        "ffconcat version 1.0\nfile 'concat:{path}|{path}'\n",
        "concat:{path}",
        "subfile,,start,0,end,1000,,:{path}",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet '
        'mimeType="audio/wav"><Representation id="1" bandwidth="1"><BaseURL>{path}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>",
    ],
)
def test_a_file_that_points_to_another_one_is_refused(take: UploadDecoder, tmp_path: Path, written: str) -> None:
    (tmp_path / "secret.wav").write_bytes(WAV)
    take((tmp_path / "secret.wav").read_bytes(), "the file itself is good")
    assert refusal(take, written.format(path=tmp_path / "secret.wav").encode()).code == "upload_not_sound"


def test_the_decoder_can_open_neither_file_nor_connection() -> None:
    program = (
        "import socket, sys\n"
        "from app.adapters.upload_child import limit_ourselves\n"
        "limit_ourselves(1000)\n"
        "for attempt in (lambda: open('/etc/hostname'), socket.socket, lambda: bytes(600 << 20)):\n"
        "    try:\n"
        "        attempt()\n"
        "    except (OSError, MemoryError) as error:\n"
        "        print(type(error).__name__, getattr(error, 'errno', ''))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.split("\n")[:3] == ["OSError 24", "OSError 24", "MemoryError "], done.stderr


def test_an_empty_file_and_one_that_is_too_large(take: UploadDecoder) -> None:
    assert refusal(take, b"").code == "upload_empty"
    error = refusal(take, bytes(UPLOAD_MOST_BYTES + 1))
    assert (error.code, error.details) == ("upload_too_large", {"size_mb": 10.1, "limit_mb": 10})


@pytest.mark.parametrize(
    ("container", "codec"),
    [(kind[0], kind[1]) for kind in KINDS if kind[0] != "adts"],  # ADTS says nowhere how much there is
)
def test_a_file_that_was_cut_off_is_refused(take: UploadDecoder, container: str, codec: str) -> None:
    data = encoded(container, codec, 4.0, 48000 if codec == "libopus" else 44100)
    error = refusal(take, data[: int(len(data) * 0.85)])
    # Without its index, which stands at the end, nothing of an M4A can be read; and so little Vorbis is one page.
    headless = container == "ipod" or codec == "vorbis"
    assert error.code == ("upload_not_sound" if headless else "upload_damaged")


def test_samples_that_are_no_numbers_are_refused(take: UploadDecoder) -> None:
    data = bytearray(encoded("wav", "pcm_f32le", 2.0))
    for at in range(1000, 100_000, 400):
        data[at : at + 4] = struct.pack("<f", float("nan"))
    assert refusal(take, bytes(data)).code == "upload_damaged"


@pytest.mark.parametrize("seconds", [121, 300])
def test_a_recording_that_is_too_long_is_refused_with_its_length(take: UploadDecoder, seconds: int) -> None:
    error = refusal(take, encoded("mp3", "libmp3lame", seconds, 16000, "mono"))
    assert (error.code, error.details["limit"]) == ("upload_too_long", 120)
    assert error.details["seconds"] == pytest.approx(seconds, abs=1)


def test_a_small_file_that_unpacks_to_hours_costs_seconds(take: UploadDecoder, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "bomb.flac"), "w") as file:
        stream = file.add_stream("flac", rate=8000, layout="mono")
        stream.codec_context.open()
        frame = av.AudioFrame(format=stream.codec_context.format.name, layout="mono", samples=4608)
        frame.sample_rate = 8000
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        for number in range(5000):
            frame.pts = number * 4608
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    data = (tmp_path / "bomb.flac").read_bytes()
    assert len(data) * 50 < 5000 * 4608 * 2
    error = refusal(take, data)
    assert error.code == "upload_too_long"
    assert error.details["seconds"] == pytest.approx(5000 * 4608 / 8000, rel=0.01)  # 48 minutes


def test_a_length_that_is_a_lie_is_found_out(take: UploadDecoder) -> None:
    data = bytearray(encoded("flac", "flac", 2.0))
    data[21:26] = bytes([data[21] & 0xF0]) + (3600 * 44100).to_bytes(4, "big")  # STREAMINFO: an hour
    assert refusal(take, bytes(data)).code == "upload_damaged"
    assert refusal(take, wave_of(TONE, 16000, 1, data_size=50_000_000)).code == "upload_damaged"


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_a_length_that_was_left_open_is_no_lie(take: UploadDecoder, size: int) -> None:
    assert take(wave_of(TONE, 16000, 1, data_size=size), "recorded by a pipe").seconds == pytest.approx(2.35, abs=0.1)


def test_what_is_too_short_or_not_to_be_heard_is_refused(take: UploadDecoder) -> None:
    error = refusal(take, tone_wav(0.4))
    assert (error.code, error.details) == ("upload_too_short", {"seconds": 0.4, "limit": 1})
    quiet = array("h", bytes(2 * 16000 * 5))
    assert refusal(take, wav_bytes(16000, quiet + sine(800, 16000, 0.3, 0.3) + quiet)).code == "upload_too_short"
    assert refusal(take, wav_bytes(16000, quiet)).code == "upload_silent"
    assert refusal(take, tone_wav(3, loud=0.0005)).code == "upload_silent"
    assert refusal(take, wav_bytes(48000, sine(15_000, 48000, 3, 0.5))).code == "upload_silent"


def test_files_with_broken_bytes_always_get_a_verdict(take: UploadDecoder) -> None:
    dice = random.Random(3)
    codes = set()
    for container, codec, _ in KINDS:
        data = bytearray(encoded(container, codec, 1.5, 48000))
        for _ in range(dice.choice([1, 30, 1000])):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            upload = take(bytes(data), "x")
        except BadUpload as error:
            codes.add(error.code)
        else:
            assert not clipped(read_wav(upload.wav)[1])
    assert codes <= {"upload_not_sound", "upload_damaged", "upload_too_short", "upload_silent"}


def test_when_all_places_are_taken_the_person_is_told(tmp_path: Path) -> None:
    class Full(Children):
        def __init__(self) -> None:
            super().__init__(1, patience_seconds=0.01)
            self._places.acquire()

    with pytest.raises(BadUpload) as caught:
        UploadDecoder(Full())(WAV, "x")
    assert (caught.value.code, status_of(caught.value.code)) == ("upload_busy", 503)
