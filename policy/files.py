"""What the readers of dated files share: TOML in, the house's form rules; any room's files.

A broken form is a ``FormBroken``; the room that reads the file says of which file and key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, cast

from kernel.refusals import Refusal
from policy.values import FormBroken, table

_SOURCE: Final = {"clause", "default", "note", "sources"}


def read_toml(path: Path, invalid: Callable[[str, str, str, str], Refusal]) -> dict[str, object]:
    """The content of a file; of one that is no TOML ``invalid`` makes the refusal.

    It is given file, key and the rule in both languages.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise invalid(
            path.name, "", f"不是有效的TOML文件（{error}）", f"not TOML ({error})"
        ) from error


def head_of(raw: object, needed: set[str], allowed: set[str]) -> Mapping[str, object]:
    """A table that names its source: a clause, or ``default = true``."""
    head = table(raw, needed, allowed | _SOURCE)
    require_source(head)
    return head


def require_source(head: Mapping[str, object]) -> None:
    """A table names a clause, or says that no source gives it."""
    if not head.get("clause") and head.get("default") is not True:
        raise FormBroken(
            "须写明依据（clause）或标明默认值（default = true）",
            "needs a clause, or default = true",
        )


def rows(raw: object) -> list[Mapping[str, object]]:
    """A list of tables, with one at least."""
    if not isinstance(raw, list) or not raw or not all(isinstance(row, dict) for row in raw):
        raise FormBroken("须为表的列表，至少一行", "a list of tables with one at least")
    return cast("list[Mapping[str, object]]", raw)


def text(raw: object) -> str:
    """A text that says something and has no blanks at its ends."""
    if not isinstance(raw, str) or not raw or raw != raw.strip():
        raise FormBroken("须为首尾无空格的文字", "text without blanks at its ends")
    return raw


def texts(row: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """Several texts of a table."""
    return {name: text(row[name]) for name in names}
