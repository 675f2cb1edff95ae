"""A SIP message, read and written byte for byte: headers may hold anything."""

from __future__ import annotations

from dataclasses import dataclass

Headers = list[tuple[str, str]]


@dataclass
class Message:
    first: str
    headers: Headers
    body: str = ""

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def status(self) -> int:
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.first.split()[0]

    @classmethod
    def parse(cls, data: bytes) -> Message:
        head, _, body = data.decode("utf-8", "surrogateescape").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers = [(k.strip(), v.strip()) for k, _, v in (line.partition(":") for line in lines)]
        return cls(first, headers, body)

    def encode(self) -> bytes:
        body = self.body.encode("utf-8", "surrogateescape")
        lines = [self.first, *(f"{k}: {v}" for k, v in self.headers), f"Content-Length: {len(body)}"]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
