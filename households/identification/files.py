"""What the readers of dated files share: TOML in, the house's form rules, refusals by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, cast

from households.identification.refusals import ProcedureFileInvalid
from policy.values import FormBroken, table

_SOURCE: Final = {"clause", "default", "note", "sources"}


def read_toml(path: Path) -> dict[str, object]:
    """The content of a file; one that is no TOML is refused by name."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise invalid(
            path.name, "", f"不是有效的TOML文件（{error}）", f"not TOML ({error})"
        ) from error


def invalid(file: str, key: str, zh: str, en: str) -> ProcedureFileInvalid:
    """The refusal of a file."""
    return ProcedureFileInvalid(field=key, file=file, key=key, rule_zh=zh, rule_en=en)


def head_of(raw: object, needed: set[str], allowed: set[str]) -> Mapping[str, object]:
    """A table that names its source: a clause, or ``default = true``."""
    head = table(raw, needed, allowed | _SOURCE)
    if not head.get("clause") and head.get("default") is not True:
        raise FormBroken(
            "须写明依据（clause）或标明默认值（default = true）",
            "needs a clause, or default = true",
        )
    return head


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
