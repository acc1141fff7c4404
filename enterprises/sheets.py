"""The list of an agreement as a file (联结农户清单): xlsx or csv, read and judged cell by cell.

Whether a household or a contract is known, and what the rules say of a row, is ``lists``' affair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

from enterprises.asked import SOURCES, Stake
from enterprises.lists import LAND_MAX
from kernel.money import format_yuan
from loans.cells import amount, bad, number, one_of
from loans.files import SheetFile, read_sheet, write_template
from loans.forms import Column, Form

_MU: Final = re.compile(r"(0|[1-9][0-9]{0,5})(?:\.([0-9]{1,2}))?", re.ASCII)
_OTHER_SOURCES: Final = {
    "贷款": "loan",
    "小额信贷": "loan",
    "财政资金": "fiscal",
    "产业扶贫资金": "fiscal",
    "土地流转": "land",
    "务工": "labour",
    "就业": "labour",
    "自筹": "own",
}


def mu(text: str, title: str) -> int:
    """An area in mu, above zero, at most two decimals, as hundredths."""
    found = _MU.fullmatch(text)
    hundredths = int(found[1] + (found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < hundredths <= LAND_MAX:
        most = format_yuan(LAND_MAX)
        raise bad(text, title, "须为大于零的亩数，最多两位小数", f"mu above 0, {most} at most")
    return hundredths


def _stake(values: Mapping[str, Any]) -> Stake:
    return Stake(
        household_number=values["household_number"],
        source=values["source"],
        stake_fen=values["amount_fen"],
        loan_number=values["loan_number"],
        land_mu_hundredths=values["land_mu_hundredths"],
    )


LINKAGES: Final = Form(
    "linkages",
    "联结农户清单",
    (
        Column("household_number", "户编号", number, aliases=("户号", "编号"), width=18),
        Column(
            "source",
            "入股来源",
            one_of(SOURCES, _OTHER_SOURCES),
            aliases=("来源", "资金来源"),
            choices=tuple(SOURCES.values()),
            width=16,
        ),
        Column(
            "amount_fen",
            "入股金额（元）",
            amount,
            needed=False,
            blank=0,
            aliases=("入股额", "金额", "股金"),
            note="元，最多两位小数；只以土地、劳务联结的可不填",
        ),
        Column(
            "loan_number",
            "贷款合同号（选填）",
            number,
            needed=False,
            blank="",
            aliases=("合同号", "合同编号", "贷款合同号"),
            note="来源为扶贫小额贷款的填写；一笔贷款只能联结一次",
            width=20,
        ),
        Column(
            "land_mu_hundredths",
            "土地（亩）",
            mu,
            needed=False,
            blank=0,
            aliases=("亩数", "流转面积"),
            note="来源为土地的填写，最多两位小数",
        ),
    ),
    _stake,
    (),
)


def read_list(path: Path, *, name: str = "") -> SheetFile[Stake]:
    """Read and judge a file; ``name`` is what the sender called it."""
    return read_sheet(path, LINKAGES, name=name)


def write_list_template(target: Path | IO[bytes]) -> None:
    """An empty workbook to fill in."""
    write_template(target, LINKAGES)
