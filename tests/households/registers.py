"""Files of a register as offices hand them in, built row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from households.form import BY_KEY
from kernel.identity import check_character
from kernel.tables import Sheet, write_xlsx

COUNTY = "431022000000"
TOWNSHIP = "白石渡镇"
VILLAGE = "高龙桥村"
VILLAGE_CODE = "431022101202"

#: titles of a plain register, in order
TITLES = (
    "户编号", "乡镇", "村", "组", "姓名", "性别", "身份证号", "与户主关系", "民族", "健康状况",
    "劳动能力", "户类型", "建档日期", "脱贫日期", "主要致贫原因", "联系电话", "银行账号",
    "家庭总收入", "人均纯收入",
)  # fmt: skip
KEYS = tuple(next(key for key, column in BY_KEY.items() if column.title == t) for t in TITLES)

Row = dict[str, str]


def identity(serial: int, born: str = "19800101") -> str:
    """An identity number of nobody; an odd serial is a man's."""
    first = f"431099{born}{serial:03d}"
    return first + check_character(first)


def head(number: str, name: str, serial: int, **more: str) -> Row:
    """The head's row, with what a household tells."""
    return {
        "number": number,
        "township": TOWNSHIP,
        "village": VILLAGE,
        "name": name,
        "identity_number": identity(serial),
        "relation": "户主",
        "registered_on": "2014-06-01",
        "income_per_person_fen": "2800.00",
    } | more


def member(number: str, name: str, serial: int, relation: str = "配偶", **more: str) -> Row:
    """A member's row."""
    return {
        "number": number,
        "name": name,
        "identity_number": identity(serial),
        "relation": relation,
    } | more


def family(number: str, serial: int, **more: str) -> list[Row]:
    """A couple: serials ``serial`` and ``serial + 1``."""
    return [head(number, "张大山", serial, **more), member(number, "李秀英", serial + 1)]


def cells(rows: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """Rows in the order of ``TITLES``."""
    return [[row.get(key, "") for key in KEYS] for row in rows]


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """The file: xlsx, or csv in GB18030, by its name."""
    table = cells(rows)
    if path.suffix == ".xlsx":
        write_xlsx(path, [Sheet("名册", TITLES, table)])
    else:
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows([TITLES, *table])
    return path
