"""Refusals: the one way this house says no.

A refusal is an exception class named after the rule it guards. Each class carries a stable
``code``, a sentence in Chinese and one in English (``str.format`` templates over the facts given
to it), and an HTTP status. The instance names the field at fault and the clause of the document
behind the rule, where there is one. Rooms define theirs in their own ``refusals.py``; the edges
turn every one of them into a problem document (RFC 9457) or an exit status of 1.

Invariant: no function returns ``None`` for "refused", and no refusal leaves a change behind (the
unit of work rolls back).
"""

from __future__ import annotations

import re
from typing import ClassVar

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Refusal(Exception):
    """A rule said no.

    ``field`` is the input at fault (the API's name for it), ``clause`` the document and clause
    behind the rule, ``facts`` what the sentences mention.
    """

    #: stable name of the rule, snake_case of the class name; never reused for another rule
    code: ClassVar[str] = "refusal"
    #: HTTP status: 422 bad value, 409 conflict with the books' state, 403 not entitled, 404 unknown
    status: ClassVar[int] = 422
    #: the sentence in Chinese, a ``str.format`` template over the facts
    zh: ClassVar[str] = ""
    #: the same in English
    en: ClassVar[str] = ""

    #: every refusal class of the house by code
    registry: ClassVar[dict[str, type[Refusal]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = _CAMEL.sub("_", cls.__name__).lower()
        twin = Refusal.registry.setdefault(cls.code, cls)
        if twin.__qualname__ != cls.__qualname__ or twin.__module__ != cls.__module__:
            raise TypeError(f"two refusals share the code {cls.code!r}: {twin} and {cls}")
        if not cls.zh or not cls.en:
            raise TypeError(f"{cls.__qualname__} needs its sentence in Chinese and in English")

    def __init__(
        self, *, field: str | None = None, clause: str | None = None, **facts: object
    ) -> None:
        self.field = field
        self.clause = clause
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, language: str = "zh") -> str:
        """The sentence in ``zh`` or ``en``, with the clause behind it."""
        if language == "zh":
            sentence = self.zh.format(**self.facts)
            return f"{sentence}（依据：{self.clause}）" if self.clause else sentence
        sentence = self.en.format(**self.facts)
        return f"{sentence} ({self.clause})" if self.clause else sentence


class NotFound(Refusal):
    """Nothing by that name, or nothing the asker may see: the two are not told apart."""

    status = 404
    zh = "没有找到{what}"
    en = "{what} was not found"


class BadValue(Refusal):
    """A value that is not of the field's form."""

    zh = "{name}的值“{value}”不合格式：{rule_zh}"
    en = "{name}: {value!r} is not valid: {rule_en}"
