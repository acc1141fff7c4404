"""Books of the opening revision, as the program of that revision left them; frozen in a file.

Twelve households of one village and a lender, closed from 30 May to 3 October 2016, with rows of
every kind that the opening could write. The file holds each table's columns and rows as they stood
when that program's own ``verify`` found nothing. Contracts, by the last digit of their number:

| nr | contract |
|---|---|
| 01 | 50 000 at 4.35 %, quarterly interest; 09-21 unpaid but for what June left |
| 02 | 20 000 for a month at the end, overdue, 5 000 paid on 5 July |
| 03 | 30 000.01 in equal parts, half subsidised to 20 000; 9 000 paid early on 6 September |
| 04 | 50 000 half subsidised; overpaid in June, credit used in September, 1.00 paid on 4 October |
| 05 | 10 000 paid out and undone, then 15 000 and 10 000 |
| 06 | signed, nothing paid out |
| 07 | 7 000 paid out and undone |
| 08 | 50 000 at 4.75 %, 12 345.67 paid on 21 July before its time |
| 09 | 10 000 for a month, principal first; principal paid, interest not |
| 10 | 50 000, whose contract knows no interest on interest |
| 11 | 10 000, all paid before its time, 1 943.21 too much |
| 12 | 50 000, matured in the holidays of October |
"""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

import migrations

FILE = Path(__file__).with_name("opening_books.json.gz")
OPENING = "2026_11_21_the_county_opens"
#: the open day
TODAY = date(2016, 10, 4)

Table = dict[str, Any]


def read(file: Path = FILE) -> dict[str, Table]:
    """Table -> its columns and rows, in an order in which they can be written."""
    tables: dict[str, Table] = json.loads(gzip.decompress(file.read_bytes()))
    return tables


def write(engine: Engine, tables: dict[str, Table] | None = None, revision: str = OPENING) -> None:
    """Fill a blank database with the tables of a revision and these rows."""
    migrations.upgrade(engine, revision)
    with engine.begin() as connection:
        for name, table in (tables or read()).items():
            columns = table["columns"]
            values = ", ".join(f":{column}" for column in columns)
            connection.execute(
                text(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values})"),
                [
                    {c: _value(connection, v) for c, v in zip(columns, row, strict=True)}
                    for row in table["rows"]
                ],
            )


def _value(connection: Connection, value: Any) -> Any:
    """A value as the driver takes it: SQLite keeps days and times as text."""
    if not isinstance(value, dict):
        return value
    ((kind, written),) = value.items()
    if kind == "hex":
        return bytes.fromhex(written)
    on_sqlite = connection.dialect.name == "sqlite"
    if kind == "day":
        return written if on_sqlite else date.fromisoformat(written)
    instant = datetime.fromisoformat(written)
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if on_sqlite else instant


def rows(engine: Engine, tables: dict[str, Table]) -> dict[str, set[tuple[str, ...]]]:
    """What stands in the columns that the opening had, of the tables that still stand."""
    with engine.connect() as connection:
        return {
            name: {
                tuple(str(value) for value in row)
                for row in connection.execute(
                    text(f"SELECT {', '.join(table['columns'])} FROM {name}")
                )
            }
            for name, table in tables.items()
        }
