"""Takes uploaded recordings in: decided by content, decoded in a process that can do no harm, made fit for calls."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import structlog

from app.adapters.children import Busy, Children, TimedOut
from app.adapters.upload_child import OUTPUT_BYTES
from app.ports import UPLOAD_MOST_BYTES, BadUpload, Upload

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 20.0
"""Of the clock; the child has ten of the processor, which on a busy machine may take longer."""

LONGEST_NAME = 100


class UploadDecoder:
    """The port ``UploadReader``."""

    def __init__(self, children: Children | None = None) -> None:
        self._children = children or Children()

    def __call__(self, data: bytes, filename: str) -> Upload:
        """``data`` as a recording in our format. Raises BadUpload; OSError when the decoder cannot be run."""
        if len(data) > UPLOAD_MOST_BYTES:
            size = math.ceil(len(data) / (1 << 20) * 10) / 10
            raise BadUpload("upload_too_large", size_mb=size, limit_mb=UPLOAD_MOST_BYTES >> 20)
        if not data:
            raise BadUpload("upload_empty")
        verdict, wav = self._judge(data)
        code = verdict.pop("code", None)
        if code is not None:
            raise BadUpload(code, **verdict)
        return Upload(wav, verdict["seconds"], verdict["container"], shown_name(filename))

    def _judge(self, data: bytes) -> tuple[dict[str, Any], bytes]:
        command = (sys.executable, "-E", "-s", "-m", "app.adapters.upload_child")
        try:
            done = self._children.run(command, data, seconds=TIMEOUT_SECONDS, most_bytes=OUTPUT_BYTES)
        except Busy as error:
            raise BadUpload("upload_busy") from error
        except TimedOut:
            log.warning("upload_gave_the_decoder_no_end", bytes=len(data))
            return {"code": "upload_damaged"}, b""
        if done.code < 0:
            # A limit, or a decoder that fell over the file: the same to the person who sent it.
            log.warning("upload_killed_the_decoder", bytes=len(data), signal=-done.code)
            return {"code": "upload_damaged"}, b""
        if done.code:
            raise OSError(f"the decoder of uploads failed with {done.code}: {done.errors[-500:]}")
        if done.errors:
            log.warning("upload_surprised_the_decoder", bytes=len(data), errors=done.errors[-2000:])
        line, _, wav = done.output.partition(b"\n")
        return json.loads(line), wav


def shown_name(filename: str) -> str:
    """A file's name to show on a screen: without folders and signs that cannot be seen, 100 characters at most."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable()).strip()[-LONGEST_NAME:]
