"""Text to sound with espeak-ng's library, as a program of its own: text on stdin, a WAV file on stdout.

The library keeps its state in globals and its callback must never raise, so it has a process to itself.
Started by :mod:`app.adapters.speech` with the library, its data directory, voice and speed as arguments.
"""

from __future__ import annotations

import ctypes
import sys
import wave

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the callback gets the samples before espeak_Synth returns
_POSITION_CHARACTER = 1
_CHARACTERS_UTF8 = 1
_PARAMETER_RATE = 1


def speak(library: str, data: str, voice: str, words_per_minute: int, text: str) -> tuple[int, bytes]:
    """(sample rate, signed 16-bit samples). Raises RuntimeError with espeak-ng's status."""
    engine = ctypes.CDLL(library)
    rate = engine.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), 0)
    if rate <= 0:
        raise RuntimeError(f"espeak_Initialize returned {rate}")
    chunks: list[bytes] = []
    callback_type = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
    )

    def collect(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples and count > 0:
            chunks.append(ctypes.string_at(samples, count * 2))
        return 0

    callback = callback_type(collect)
    engine.espeak_SetSynthCallback(callback)
    status = engine.espeak_SetVoiceByName(voice.encode())
    if status:
        raise RuntimeError(f"no voice {voice!r} (status {status})")
    engine.espeak_SetParameter(_PARAMETER_RATE, words_per_minute, 0)
    encoded = text.encode()
    status = engine.espeak_Synth(
        encoded,
        ctypes.c_size_t(len(encoded) + 1),
        ctypes.c_uint(0),
        _POSITION_CHARACTER,
        ctypes.c_uint(0),
        ctypes.c_uint(_CHARACTERS_UTF8),
        None,
        None,
    )
    if status:
        raise RuntimeError(f"espeak_Synth returned {status}")
    engine.espeak_Synchronize()
    return rate, b"".join(chunks)


def main() -> None:
    library, data, voice, speed = sys.argv[1:5]
    rate, samples = speak(library, data, voice, int(speed), sys.stdin.buffer.read().decode())
    with wave.open(sys.stdout.buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)


if __name__ == "__main__":
    main()
