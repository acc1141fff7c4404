"""Fields of the API: strict at the border, so that nothing is rounded, cut or guessed.

Money is a string of yuan with at most two decimals, a rate a string of percent with at most four;
numbers of JSON are refused for both, since 0.1 is none. Whole numbers are whole, dates have one
form. A wrong value raises the same refusal that the command line gives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields

from kernel.dates import parse_date
from kernel.money import (
    format_rate,
    format_share,
    format_yuan,
    parse_rate,
    parse_share,
    parse_yuan,
)

#: the largest number that a row of ours may have, or a whole number of a body
WHOLE_MAX: Final = 10**15

_MONEY: Final = r"^(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?$"
_RATE: Final = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?$"
_SHARE: Final = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?$"
_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_REGION: Final = r"^[1-9][0-9]{11}$"


def row_id(text: str | None) -> int:
    """A row's number as a form or an address gives it; 0, which no row has, for anything else."""
    found = re.fullmatch(r"[0-9]{1,15}", text or "", re.ASCII)
    return int(found[0]) if found else 0


class Money(fields.Field[int]):
    """Yuan outside ("50000.00"), fen inside."""

    def __init__(self, **options: Any) -> None:
        metadata = {
            "type": "string",
            "pattern": _MONEY,
            "examples": ["50000.00"],
            **options.pop("metadata", {}),
        }
        super().__init__(metadata=metadata, **options)

    def _serialize(self, value: int | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else format_yuan(value)

    def _deserialize(self, value: Any, attr: str | None, *_: Any, **__: Any) -> int:
        return parse_yuan(value, field=attr or "amount")


class Rate(fields.Field[int]):
    """A yearly rate: percent outside ("4.35"), ppm inside."""

    def __init__(self, **options: Any) -> None:
        metadata = {
            "type": "string",
            "pattern": _RATE,
            "examples": ["4.35"],
            **options.pop("metadata", {}),
        }
        super().__init__(metadata=metadata, **options)

    def _serialize(self, value: int | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else format_rate(value)

    def _deserialize(self, value: Any, attr: str | None, *_: Any, **__: Any) -> int:
        return parse_rate(value, field=attr or "rate")


class Portion(Rate):
    """A part of a whole that needs four decimals: percent outside, ppm inside."""

    def _deserialize(self, value: Any, attr: str | None, *_: Any, **__: Any) -> int:
        return parse_rate(value, field=attr or "share", zh="比例", en="a share")


class Share(fields.Field[int]):
    """A share: percent outside ("70"), basis points inside."""

    def __init__(self, **options: Any) -> None:
        metadata = {
            "type": "string",
            "pattern": _SHARE,
            "examples": ["70"],
            **options.pop("metadata", {}),
        }
        super().__init__(metadata=metadata, **options)

    def _serialize(self, value: int | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else format_share(value)

    def _deserialize(self, value: Any, attr: str | None, *_: Any, **__: Any) -> int:
        return parse_share(value, field=attr or "share")


class Day(fields.Field[date]):
    """A plain date in the one form 2016-05-30."""

    def __init__(self, **options: Any) -> None:
        metadata = {"type": "string", "format": "date", "pattern": _DATE}
        super().__init__(metadata=metadata, **options)

    def _serialize(self, value: date | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, *_: Any, **__: Any) -> date:
        if not isinstance(value, str):
            raise ValidationError("Not a valid date.")
        return parse_date(value, field=attr or "date")


class Whole(fields.Integer):
    """A whole number of JSON; 1.9, "1" and true are none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > WHOLE_MAX:
            raise self.make_error("invalid", input=value)
        return value


class Count(fields.Integer):
    """A whole number in a query, where everything is text: ASCII digits alone."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", str(value), re.ASCII):
            raise self.make_error("invalid", input=value)
        return int(value)


class RegionCode(fields.String):
    """Twelve digits of the statistical code."""

    def __init__(self, **options: Any) -> None:
        metadata = {"pattern": _REGION, "examples": ["431022000000"]}
        super().__init__(metadata=metadata, **options)


class Text(fields.String):
    """Text of a bounded length without control characters, blanks at its ends cut."""

    def __init__(self, *, longest: int = 200, **options: Any) -> None:
        self._longest = longest
        metadata = {"maxLength": longest, **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options)
        assert text is not None
        if len(text) > self._longest or any(ord(c) < 32 or ord(c) == 127 for c in text):
            raise ValidationError(f"At most {self._longest} printable characters.")
        return text.strip()


class Problem(Schema):
    """A refusal, after RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "中文说明"})
    en = fields.String(required=True, metadata={"description": "the same in English"})
    code = fields.String(required=True, metadata={"description": "stable name of the rule"})
    field = fields.String(required=True, allow_none=True)
    clause = fields.String(required=True, allow_none=True)
    errors = fields.List(fields.Dict())
