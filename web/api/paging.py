"""Paging by cursor: a page ends with the mark of its last row, and the next begins behind it.

A cursor is the last row's id, made opaque so that nobody counts on what is in it. Lists ordered by
id never skip or repeat a row, however much is added meanwhile.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final

from marshmallow import Schema, fields, validate

from web.fields import Count, row_id
from web.refusals import CursorInvalid

PAGE_MAX: Final = 200
PAGE: Final = 50


class PageQuery(Schema):
    """What every list takes."""

    cursor = fields.String(metadata={"description": "上一页给出的 next"})
    limit = Count(load_default=PAGE, validate=validate.Range(1, PAGE_MAX))


def page_of(row: type[Schema]) -> type[Schema]:
    """The schema of a page of rows."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(row), required=True),
            "next": fields.String(
                required=True, allow_none=True, metadata={"description": "null：没有下一页"}
            ),
        },
        name=f"{row.__name__}Page",
    )


def after(cursor: str | None) -> int:
    """The id behind which a page begins."""
    if not cursor:
        return 0
    try:
        found = row_id(base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii"))
    except (ValueError, binascii.Error):
        found = 0
    if not found:
        raise CursorInvalid(field="cursor")
    return found


def cursor_of(row_id: int) -> str:
    """The mark behind a row."""
    return base64.urlsafe_b64encode(str(row_id).encode()).decode()


def page(rows: Sequence[Any], limit: int, last_id: int | None) -> dict[str, Any]:
    """A page. ``rows`` may be one more than asked for, which says that there is a next one."""
    more = len(rows) > limit
    return {
        "items": list(rows[:limit]),
        "next": cursor_of(last_id) if more and last_id is not None else None,
    }
