"""What a form calls its fields, read from the templates themselves, for refusals on pages.

The API names a field by its identifier, and so does a refusal. Who looks at a page knows the label
beside the field: the page's own form first, then what other forms call it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from kernel.refusals import BadValue, Refusal
from loans.forms import CHANNELS
from web.words import ENGLISH

_TEMPLATES: Final = Path(__file__).with_name("templates")
_LABEL: Final = re.compile(
    r'<label[^>]*>\s*(?:<input[^>]*>)?\s*\{\{ t\("(?P<label>[^"]+)"[^}]*\}\}[^<]*'
    r'<(?:input|select|textarea)[^>]*? name="(?P<name>\w+)"'
)
#: the forecast draws its fields by a macro
_MACRO: Final = re.compile(r'\bfield\("(?P<name>\w+)", t\("(?P<label>[^"]+)"')
_PARTS: Final = re.compile(r'\{% (?:from|include) "(?P<part>[^"]+)"')
#: what no single field's label says
_OTHER: Final = {"lines": "改为（元）", "month": "月份", "terms": "收益条款"}


def on_page(refusal: Refusal, language: str, template: str = "") -> str:
    """What a page says of a refusal: the field by its label, a channel by its name."""
    if refusal.facts.get("channel") in CHANNELS:
        return _with_channel(refusal, language)
    if not isinstance(refusal, BadValue) or refusal.facts["name"] != refusal.field:
        return refusal.message(language)
    label = label_of(str(refusal.field), template)
    if label is None:
        return refusal.message(language)
    facts = refusal.facts | {"name": _short(label, language)}
    return BadValue(field=refusal.field, clause=refusal.clause, **facts).message(language)


def _with_channel(refusal: Refusal, language: str) -> str:
    code = refusal.facts["channel"]
    refusal.facts["channel"] = _short(CHANNELS[str(code)], language)
    try:
        return refusal.message(language)
    finally:
        refusal.facts["channel"] = code


def label_of(field: str, template: str = "") -> str | None:
    """The label of a field on a page, as the template spells it."""
    found = _of(template).get(field) if template else None
    return found or _OTHER.get(field) or _everywhere().get(field)


def _short(label: str, language: str) -> str:
    """The label without what it adds in brackets: unit, limit, when to leave it empty."""
    said = label if language == "zh" else ENGLISH.get(label, label)
    return re.split(r"[（(，,]", said, maxsplit=1)[0].strip()


@cache
def _of(template: str) -> dict[str, str]:
    """Field -> label of a template and the parts it is made of."""
    text = (_TEMPLATES / template).read_text("utf-8")
    found: dict[str, str] = {}
    for part in _PARTS.finditer(text):
        found |= _of(part["part"])
    for pattern in (_LABEL, _MACRO):
        found |= {one["name"]: one["label"] for one in pattern.finditer(text)}
    return found


@cache
def _everywhere() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(_TEMPLATES.glob("*.html")):
        found = _of(path.name) | found
    return found
