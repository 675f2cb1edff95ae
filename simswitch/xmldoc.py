"""FreeSWITCH's configuration document: includes, ``$${…}``, and the sections the simulator needs.

The files are the ones that FreeSWITCH would read. A broken document is refused as a whole, as
FreeSWITCH does: the one before stays in force.
"""

from __future__ import annotations

import glob
import os
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

from simswitch.dialplan import Context, read_context

_PREPROCESS = re.compile(
    r"<!--.*?-->|<X-PRE-PROCESS\s+cmd=(?P<q1>[\"'])(?P<cmd>[\w-]+)(?P=q1)\s+data=(?P<q2>[\"'])(?P<data>.*?)(?P=q2)"
    r"\s*/>",
    re.DOTALL,
)
_GLOBAL = re.compile(r"\$\$\{([^}]*)\}")
_LONE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_WRAPPER = re.compile(r"^\s*(?:<\?xml.*?\?>)?\s*<include>|</include>\s*$", re.DOTALL)
_MAX_INCLUDES = 100


class XmlRejected(Exception):
    """The document cannot be read; the text is FreeSWITCH's, without its outer brackets."""


@dataclass(frozen=True)
class User:
    """A user of the directory. ``dial_string`` may still hold ``${…}``."""

    name: str
    domain: str
    params: dict[str, str]
    variables: dict[str, str]


@dataclass
class Document:
    """What of the configuration matters for calls."""

    contexts: dict[str, Context] = field(default_factory=dict)
    users: dict[tuple[str, str], User] = field(default_factory=dict)
    domains: set[str] = field(default_factory=set)
    gateways: set[str] = field(default_factory=set)
    streams: set[str] = field(default_factory=set)
    globals: dict[str, str] = field(default_factory=dict)
    cdr: dict[str, str] = field(default_factory=dict)


def load(source: Path | str) -> Document:
    """Read a document: a path of ``freeswitch.xml``, a directory that holds one, or the XML itself.

    XML itself may be a bare ``<context>``, ``<extension>`` (then of the context ``public``) or several
    of them side by side. Raises XmlRejected.
    """
    document = Document()
    if isinstance(source, Path):
        path = source / "freeswitch.xml" if source.is_dir() else source
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise XmlRejected(f"Cannot Open log directory or XML Root! {error}") from error
        base = path.parent
    else:
        text, base = source, Path.cwd()
    text = _include(text, base, document.globals, 0)
    text = _GLOBAL.sub(lambda found: _escape(document.globals.get(found.group(1), "")), text)
    text = _LONE_AMPERSAND.sub("&amp;", text)
    text = re.sub(r"^\s*<\?xml.*?\?>", "", text)
    try:
        root = ET.fromstring(f"<simswitch>{text}</simswitch>")
    except ET.ParseError as error:
        raise XmlRejected(f"[error near line {error.position[0]}]: {error.msg.split(':')[0]}") from error
    _collect(root, document)
    return document


def _include(text: str, base: Path, variables: dict[str, str], depth: int) -> str:
    if depth > _MAX_INCLUDES:
        raise XmlRejected("[error near line 1]: too many includes")

    def replace(found: re.Match[str]) -> str:
        command = found.group("cmd")
        if command is None:
            return ""  # a comment
        data = _GLOBAL.sub(lambda name: variables.get(name.group(1), ""), found.group("data"))
        if command == "set":
            name, _, value = data.partition("=")
            variables[name.strip()] = value.strip()
            return ""
        if command != "include":
            return ""
        parts = []
        pattern = data if os.path.isabs(data) else str(base / data)
        for name in sorted(glob.glob(pattern)):
            try:
                inner = Path(name).read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise XmlRejected(f"[error near line 1]: cannot read {name}: {error}") from error
            parts.append(_WRAPPER.sub("", _include(inner, Path(name).parent, variables, depth + 1)))
        return "\n".join(parts)

    return _PREPROCESS.sub(replace, text)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _collect(root: ET.Element, document: Document) -> None:
    for element in root.iter("context"):
        name = element.get("name")
        # FreeSWITCH takes the first context of a name and never sees a second one.
        if name and name not in document.contexts:
            document.contexts[name] = read_context(element)
    bare = [element for element in root if element.tag == "extension"]
    if bare and "public" not in document.contexts:
        holder = ET.Element("context", {"name": "public"})
        holder.extend(bare)
        document.contexts["public"] = read_context(holder)
    for domain in root.iter("domain"):
        _collect_domain(domain, document)
    for gateway in root.iter("gateway"):
        # A gateway without a proxy or realm is one that nobody configured.
        if gateway.get("name") and gateway.find("param") is not None:
            document.gateways.add(str(gateway.get("name")))
    for configuration in root.iter("configuration"):
        if configuration.get("name") == "local_stream.conf":
            document.streams |= {str(item.get("name")) for item in configuration.iter("directory")}
        elif configuration.get("name") == "json_cdr.conf":
            document.cdr.update(_named(configuration.iter("param")))


def _collect_domain(domain: ET.Element, document: Document) -> None:
    name = domain.get("name") or ""
    if not any(True for _ in domain.iter("user")) and domain.get("alias"):
        return  # a SIP profile's alias
    document.domains.add(name)
    outer = _named(domain.findall("params/param"))
    for user in domain.iter("user"):
        identity = user.get("id")
        if identity:
            params = outer | _named(user.findall("params/param"))
            document.users[identity, name] = User(
                identity, name, params, _named(user.findall("variables/variable"))
            )


def _named(elements: object) -> dict[str, str]:
    return {item.get("name", ""): item.get("value", "") for item in elements}  # type: ignore[attr-defined]
