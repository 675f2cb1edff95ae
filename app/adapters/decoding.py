"""From the bytes of a sound file to samples at our rate, with the decoders that PyAV's wheel carries.

What a file is, is decided by its content. Only the containers and codecs listed here are tried; nothing but
the bytes handed in is ever opened: a playlist, or a file that points to another one, is no sound. Decoding
stops as soon as there is more than was asked for, so a small file that unpacks to hours costs seconds.
"""

from __future__ import annotations

import io
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.error
import av.filter

RATE = 16000
"""Samples a second of every announcement: what a wideband call carries; FreeSWITCH halves it for the others."""

MOST_CHANNELS = 8
RATES = range(4_000, 192_001)
"""Sample rates that a recorder or an editor writes; others are mistakes or attacks."""

CONTAINERS = "wav,mp3,aac,mov,ogg,flac,matroska,amr"
CODECS = (
    "mp3float,mp3,aac,aac_fixed,alac,vorbis,opus,libopus,flac,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,"
    "pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_s16be,pcm_s24be,pcm_alaw,pcm_mulaw,"
    "adpcm_ms,adpcm_ima_wav"
)
_TAGS: dict[str, Any] = {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "replace"}
"""Titles in old Korean encodings are no reason to refuse a recording; from version 19 on PyAV sees to it."""

_COUNTED = frozenset({"wav", "mov", "flac", "matroska"})
"""Containers that say how long they are; when less is there, the file has been cut off."""

_SLACK_SECONDS, _SLACK_SHARE = 0.25, 0.01
"""By how much a header may be wrong: codecs begin and end with some frames that are not played."""


class NotSound(ValueError):
    """No sound file, or nothing that a telephone carries can be heard in it."""


class Silent(NotSound):
    """It can be decoded, and nothing can be heard."""


class Damaged(NotSound):
    """It begins as a sound file and cannot be decoded to its end."""


class TooLong(NotSound):
    """More sound than was asked for; ``seconds`` is its length as far as the file tells, else what was decoded."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"longer than allowed: {seconds:.0f} s or more")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Decoded:
    """Mono samples at RATE, -1 to 1, and what the file was (``wav``, ``mp3``, ``mov`` …)."""

    samples: array[float]
    container: str


def decode(data: bytes, longest_seconds: float, *, trusted: bool = False) -> Decoded:
    """Decode the first audio stream, mixed to one channel.

    ``trusted``: a speech engine wrote it; the length in its header need not be right. Raises NotSound and
    its subclasses.
    """
    try:
        return _decode(data, longest_seconds, trusted=trusted, mix=True)
    except Silent:
        # The two channels of a recording may cancel each other out: one of them then has it all.
        return _decode(data, longest_seconds, trusted=trusted, mix=False)


def _decode(data: bytes, longest_seconds: float, *, trusted: bool, mix: bool) -> Decoded:
    try:
        with _open(data) as container:
            name = str(container.format.name).partition(",")[0]
            stream = _audio_stream(container)
            declared = _declared_seconds(container, stream)
            samples = array("f")
            most = round(longest_seconds * RATE)
            for piece in _resampled(_frames(container, stream), mix):
                samples.frombytes(piece)
                if len(samples) > most:
                    raise TooLong(max(declared, len(samples) / RATE))
    except av.error.FFmpegError as error:
        raise NotSound(f"not a sound file: {error.strerror}") from error
    seconds = len(samples) / RATE
    if not trusted and _is_cut_off(data, name, seconds, declared):
        raise Damaged(f"it ends after {seconds:.1f} s")
    total = math.fsum(map(abs, samples))
    if not math.isfinite(total):
        raise Damaged("samples that are no numbers")
    if not samples or total / len(samples) < 1e-6:
        raise Silent("nothing can be heard")
    return Decoded(samples, name)


def _open(data: bytes) -> Any:
    options = {
        "format_whitelist": CONTAINERS,
        "codec_whitelist": CODECS,
        "protocol_whitelist": "none",
        "max_streams": "32",
    }
    return av.open(io.BytesIO(data), "r", container_options=options, io_open=_nothing_else, **_TAGS)


def _nothing_else(url: str, flags: int, options: object) -> Any:
    raise av.error.PermissionError(13, f"a sound file may not refer to another one: {url[:80]!r}")


def _audio_stream(container: Any) -> Any:
    if not container.streams.audio:
        raise NotSound("there is no sound in it")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or context.codec.name not in CODECS.split(","):
        raise NotSound("an unknown way of coding sound")
    if not 1 <= context.channels <= MOST_CHANNELS or context.sample_rate not in RATES:
        raise NotSound(f"{context.channels} channels at {context.sample_rate} Hz")
    context.thread_count = 1
    return stream


def _declared_seconds(container: Any, stream: Any) -> float:
    """The length in the header; 0.0 when there is none."""
    if stream.duration is not None and stream.time_base is not None:
        return max(0.0, float(stream.duration * stream.time_base))
    return max(0.0, (container.duration or 0) / 1_000_000)


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames; a broken packet here and there, as old recorders write them, is passed over."""
    packets = broken = 0
    for packet in container.demux(stream):
        packets += 1
        try:
            frames = packet.decode()
        except av.error.FFmpegError as error:
            broken += 1
            if broken > 2 + packets // 50:
                raise Damaged(f"{broken} of {packets} packets are broken") from error
            continue
        yield from frames


def _resampled(frames: Iterator[Any], mix: bool) -> Iterator[bytes]:
    """Bytes of 32-bit floats, mono, at RATE; a stream that changes its shape in the middle is followed."""
    shape: object = None
    graph: Any = None
    for frame in frames:
        if frame.sample_rate not in RATES or not 1 <= frame.layout.nb_channels <= MOST_CHANNELS:
            raise NotSound(f"{frame.layout.nb_channels} channels at {frame.sample_rate} Hz")
        now = (frame.sample_rate, frame.layout.name, frame.format.name)
        if now != shape:
            if graph is not None:
                yield from _drain(graph)
            graph, shape = _resampler(frame, mix), now
        frame.pts = None
        graph.push(frame)
        yield from _pull(graph)
    if graph is not None:
        yield from _drain(graph)


def _resampler(frame: Any, mix: bool) -> Any:
    one = [] if mix else [("pan", "mono|c0=c0")]
    return chain(
        [*one, ("aresample", str(RATE)), ("aformat", "sample_fmts=flt:channel_layouts=mono")],
        sample_rate=frame.sample_rate,
        format=frame.format.name,
        layout=frame.layout.name,
    )


def chain(filters: list[tuple[str, str]], **source: Any) -> Any:
    """A filter graph from a source through ``filters`` (name, arguments) to a sink, ready to be pushed into."""
    graph = av.filter.Graph()
    last = graph.add_abuffer(**source)
    for name, arguments in [*filters, ("abuffersink", "")]:
        following = graph.add(name, arguments) if arguments else graph.add(name)
        last.link_to(following)
        last = following
    graph.configure()
    return graph


def run_chain(filters: list[tuple[str, str]], samples: array[float]) -> bytes:
    """Mono samples at RATE through ``filters``; the bytes of what comes out, in the last filter's format."""
    graph = chain(filters, sample_rate=RATE, format="flt", layout="mono")
    out: list[bytes] = []
    for at in range(0, len(samples), RATE):
        piece = samples[at : at + RATE]
        frame = av.AudioFrame(format="flt", layout="mono", samples=len(piece))
        frame.sample_rate = RATE
        frame.planes[0].update(_padded(piece.tobytes(), frame.planes[0].buffer_size))
        graph.push(frame)
        out += _pull(graph)
    return b"".join([*out, *_drain(graph)])


def _padded(data: bytes, size: int) -> bytes:
    return data + bytes(size - len(data))


def _pull(graph: Any) -> Iterator[bytes]:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield bytes(frame.planes[0])[: frame.samples * frame.format.bytes]


def _drain(graph: Any) -> Iterator[bytes]:
    graph.push(None)
    yield from _pull(graph)


def _is_cut_off(data: bytes, container: str, seconds: float, declared: float) -> bool:
    """True when the file says of itself that there should be more of it."""
    if container == "ogg":
        return not _ends_with_a_page(data)
    if container == "wav" and not _holds_its_data(data):
        return True
    counted = container in _COUNTED or (container == "mp3" and _has_frame_count(data))
    return counted and seconds < declared - max(_SLACK_SECONDS, _SLACK_SHARE * declared)


def _holds_its_data(data: bytes) -> bool:
    """False for a WAV file whose data chunk is longer than the file. A program that could not seek back
    leaves the length open: zero, or 2 GB and more."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"data":
            return size == 0 or size >= 0x7FFF0000 or at + 8 + size <= len(data)
        at += 8 + size + size % 2
    return True


def _has_frame_count(data: bytes) -> bool:
    """True for an MP3 that begins with the number of its frames (the Xing or Info tag of encoders)."""
    at = 0
    if data[:3] == b"ID3" and len(data) > 10:
        size = 0
        for byte in data[6:10]:
            size = size << 7 | byte & 0x7F
        at = 10 + size
    head = data[at : at + 2048]
    return b"Xing" in head or b"Info" in head


def _ends_with_a_page(data: bytes) -> bool:
    """False for an Ogg file whose last page is not whole (RFC 3533, section 6)."""
    at = data.rfind(b"OggS")
    if at < 0 or at + 27 > len(data):
        return False
    segments = data[at + 26]
    table = data[at + 27 : at + 27 + segments]
    return len(table) == segments and at + 27 + segments + sum(table) <= len(data)
