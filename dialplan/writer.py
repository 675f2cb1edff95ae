"""Writes the model as XML that FreeSWITCH reads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from xml.etree.ElementTree import Element, SubElement

from dialplan.model import Compiled, Context, Extension

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def public_xml(compiled: Compiled) -> str:
    """The tenant's entries, to be included inside context ``public``."""
    root = Element("include")
    for extension in compiled.entries:
        _extension(root, extension)
    return to_text(root)


def context_xml(compiled: Compiled) -> str:
    """The tenant's own contexts: the doorway and the present tree."""
    return to_text(contexts_element(compiled))


def contexts_element(compiled: Compiled) -> Element:
    """The same as an element, to which trees of before may be added."""
    root = Element("include")
    _context(root, compiled.doorway)
    _context(root, compiled.context)
    return root


def to_text(root: Element) -> str:
    """Indented text. FreeSWITCH's preprocessor sees the raw text first and would replace ``$${name}``
    by a global variable wherever it stands, so two dollars are never written as such.
    """
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return text.replace("$$", "&#36;&#36;") + "\n"


def readable(text: str) -> str:
    """Text without the characters that XML cannot hold, on one line."""
    return " ".join(_NOT_XML.sub("\ufffd", text).split())


def _context(parent: Element, context: Context) -> None:
    element = SubElement(parent, "context", name=context.name)
    for extension in context.extensions:
        _extension(element, extension)


def _extension(parent: Element, extension: Extension) -> None:
    element = SubElement(parent, "extension", name=extension.name)
    if extension.description:
        element.set("description", readable(extension.description))
    for condition in extension.conditions:
        attributes = {}
        if condition.field:
            attributes = {"field": condition.field, "expression": condition.expression}
        elif condition.when is not None:
            attributes = dict(condition.when.attributes())
        if condition.break_ != "on-false":
            attributes["break"] = condition.break_
        item = SubElement(element, "condition", attributes)
        for action in condition.actions:
            SubElement(item, "action", application=action.application, data=action.data)
