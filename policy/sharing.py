"""Who bears the loss of a loan (分担): sharing tables as a policy document gives them.

A table names each party once and adds up to the whole; anything else is refused when the file is
read. The order of the rows is the order in which a fen left over is given out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from kernel.money import format_share
from policy.values import SHARE, FormBroken, Kind, table

BANK: Final = "bank"
FUND: Final = "fund"
#: a guarantee company, by a code of its own
GUARANTEE: Final = "guarantee:"
_GUARANTEE_CODE: Final = re.compile(r"guarantee:[0-9A-Za-z-]{1,32}", re.ASCII)

#: who shares a loss, beside guarantee companies
PARTY_TITLES: Final[Mapping[str, str]] = {BANK: "贷款机构", FUND: "风险补偿金"}
#: whose money the fund's part is
LEVEL_TITLES: Final[Mapping[str, str]] = {
    "central": "中央",
    "province": "省级",
    "city": "市级",
    "county": "县级",
    "township": "乡镇",
    "village": "村",
}

#: where the fuse looks at the bad ratio and stops lending
FUSE_SCOPES: Final[Mapping[str, str]] = {"bank": "贷款机构", "township": "乡镇", "village": "村"}
#: what becomes of a draw that the fund cannot cover any more
WHEN_FULL: Final[Mapping[str, str]] = {"stop": "停止发放", "uncovered": "可以发放，不纳入风险补偿"}

#: the whole of a sharing table, basis points
WHOLE_BP: Final = 10_000


@dataclass(frozen=True, slots=True)
class PartyShare:
    """What one party bears of a loss, or one level of the fund's part."""

    party: str
    share_bp: int
    #: a guarantee company's name; empty for others
    name: str = ""

    @property
    def title(self) -> str:
        """The party in Chinese."""
        titles = {**PARTY_TITLES, **LEVEL_TITLES}
        return self.name or titles.get(self.party, self.party)


Sharing = tuple[PartyShare, ...]


def _party(raw: object, known: Mapping[str, str], *, companies: bool) -> str:
    named = isinstance(raw, str) and (
        raw in known or (companies and _GUARANTEE_CODE.fullmatch(raw) is not None)
    )
    if not named:
        also = "，或“guarantee:代码”" if companies else ""
        raise FormBroken(
            f"分担方只能是 {'、'.join(known)}{also}",
            f"a party is one of {', '.join(known)}{' or guarantee:CODE' if companies else ''}",
        )
    return cast("str", raw)


def _reader(known: Mapping[str, str], *, companies: bool) -> Callable[[object], Sharing]:
    def read_one(raw: object) -> PartyShare:
        row = table(raw, {"party", "share"}, {"name"} if companies else set())
        party = _party(row["party"], known, companies=companies)
        name = row.get("name", "")
        if not isinstance(name, str) or (name and not party.startswith(GUARANTEE)):
            raise FormBroken("只有担保公司写明名称（name）", "a guarantee company alone has a name")
        return PartyShare(party, SHARE.read(row["share"]), name)

    def read(raw: object) -> Sharing:
        if not isinstance(raw, list):
            raise FormBroken("须为表的列表", "a list of tables")
        return whole(tuple(read_one(item) for item in raw))

    return read


def whole(rows: Sharing) -> Sharing:
    """The table, if each party stands in it once and they bear the whole together."""
    if len({row.party for row in rows}) != len(rows):
        raise FormBroken("分担方重复", "no party stands twice")
    total = sum(row.share_bp for row in rows)
    if total != WHOLE_BP:
        raise FormBroken(
            f"各方分担比例之和为{format_share(total)}%，须为100%",
            f"the shares add up to {format_share(total)} %, not to 100 %",
        )
    return rows


def _plain(rows: Sequence[PartyShare]) -> object:
    return [
        {
            "party": row.party,
            "share": format_share(row.share_bp),
            **({"name": row.name} if row.name else {}),
        }
        for row in rows
    ]


def show(rows: Sequence[PartyShare]) -> str:
    """The table in one line."""
    return "，".join(f"{row.title}{format_share(row.share_bp)}%" for row in rows)


LOSS_ROWS: Final = Kind[Sharing](
    "loss_sharing", _reader(PARTY_TITLES, companies=True), _plain, show
)
FUND_ROWS: Final = Kind[Sharing](
    "fund_sharing", _reader(LEVEL_TITLES, companies=False), _plain, show
)
#: whose money a subsidy is; the first four levels alone have a budget of their own
FUNDING_ROWS: Final = Kind[Sharing](
    "subsidy_funding",
    _reader(
        {level: LEVEL_TITLES[level] for level in ("central", "province", "city", "county")},
        companies=False,
    ),
    _plain,
    show,
)
