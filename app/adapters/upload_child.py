"""Decodes one uploaded file, as a program of its own: the file on stdin, the verdict and our WAV on stdout.

Decoders are the most attacked code there is, so this process can do nothing but compute: it opens no file and
no connection, and memory, time and what it writes are limited. Started by :mod:`app.adapters.uploads`, which
takes whatever comes of it as a verdict on the file.

Written is one line of JSON (``{"container", "seconds"}`` or ``{"code", …}``), then the WAV file.
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from typing import Any

from app.adapters.decoding import RATE, Damaged, NotSound, Silent, TooLong, decode
from app.adapters.sound import ENDS_SECONDS, fit
from app.core.tones import chime, wav_bytes
from app.ports import UPLOAD_LONGEST_SECONDS, UPLOAD_SHORTEST_SECONDS

CPU_SECONDS = 10
"""Two minutes of sound take half a second."""

MEMORY_BYTES = 512 << 20
"""Address space: the libraries take 120 MB, two minutes of sound another 60."""

OUTPUT_BYTES = 8 << 20
"""Twice the longest announcement."""


def limit_ourselves() -> None:
    """From here on no file can be opened, and the rest is bounded."""
    # The libraries load parts of themselves when they first need them: let them need them now.
    judge(wav_bytes(RATE, chime(RATE, seconds=2 * UPLOAD_SHORTEST_SECONDS)))
    judge(b"no sound")
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),  # the next one would be the fourth
    ):
        resource.setrlimit(what, (most, most))


def judge(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The verdict and the WAV file; the codes are those of BadUpload."""
    limit = round(UPLOAD_LONGEST_SECONDS)
    try:
        decoded = decode(data, UPLOAD_LONGEST_SECONDS)
        samples = fit(decoded.samples)
    except TooLong as error:
        return {"code": "upload_too_long", "seconds": round(error.seconds), "limit": limit}, b""
    except Silent:
        return {"code": "upload_silent"}, b""
    except (Damaged, MemoryError):
        return {"code": "upload_damaged"}, b""
    except NotSound:
        return {"code": "upload_not_sound"}, b""
    seconds = len(samples) / RATE
    heard = round(seconds - ENDS_SECONDS, 1)
    if heard < UPLOAD_SHORTEST_SECONDS:
        return {"code": "upload_too_short", "seconds": heard, "limit": round(UPLOAD_SHORTEST_SECONDS)}, b""
    return {"container": decoded.container, "seconds": round(seconds, 2)}, wav_bytes(RATE, samples)


def main() -> None:
    data = sys.stdin.buffer.read()
    limit_ourselves()
    try:
        verdict, wav = judge(data)
    except Exception:  # noqa: BLE001  (the rehearsal went well, so it is the file's fault; the parent logs it)
        traceback.print_exc()
        verdict, wav = {"code": "upload_damaged"}, b""
    sys.stdout.buffer.write(json.dumps(verdict).encode() + b"\n" + wav)


if __name__ == "__main__":
    main()
