"""What is handed in for the file behind a loan, and what its values are called. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from loans.dossier.scans import Scan

#: names on pages and papers
USE_FOUND_TITLES: Final[Mapping[str, str]] = {
    "matches": "用途相符",
    "misused": "挪作他用",
    "lent_on": "转借他人",
    "idle": "资金闲置",
}
CONTACT_TITLES: Final[Mapping[str, str]] = {
    "call": "电话",
    "visit": "上门",
    "notice": "催收通知书",
    "promise": "承诺还款",
}
LIFE_TITLES: Final[Mapping[str, str]] = {
    "died": "身故",
    "moved_away": "外迁",
    "back": "返回或更正",
}
WAY_TITLES: Final[Mapping[str, str]] = {
    "repay": "还款",
    "renew": "续贷",
    "extend": "展期",
    "instalments": "分期",
    "claim": "补偿",
    "sue": "诉讼",
    "successor": "他人承接",
}


@dataclass(frozen=True, slots=True)
class CheckMade:
    """A check after lending, as it was made."""

    value_date: date
    use_found: str
    note: str
    misused_fen: int = 0
    photograph: Scan | None = None


@dataclass(frozen=True, slots=True)
class ContactMade:
    """A step of collection, as it was made."""

    kind: str
    value_date: date
    met: str
    note: str
    promised_on: date | None = None
    promised_fen: int | None = None
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class LifeTold:
    """What became of the borrower, as it was told."""

    kind: str
    value_date: date
    reported_by: str
    note: str
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class PaperNoted:
    """A paper put on file, or found missing."""

    paper: str
    on_file: bool = True
    remark: str = ""
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class WayProposed:
    """How a loan shall end, as it is proposed."""

    way: str
    planned_on: date
    note: str = ""
