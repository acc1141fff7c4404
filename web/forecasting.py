"""A forecast as pages, API and command line ask for it: beside another one, as data, as tables.

What is settled and not paid comes from the figures of the last closed day, in the asker's scope. A
forecast that supposes something is told beside one that does not, or beside one whose new loans are
lent under another policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import ledger
import organisations
from config.wiring import House
from kernel.actor import Actor
from kernel.dates import parse_date
from kernel.money import format_yuan, parse_rate, parse_share, parse_yuan
from kernel.refusals import BadValue
from office import rights
from subsidies import figures
from subsidies.foreseeing import Asked, Forecast, NewLending, Quarter, ShareFrom, foresee
from web.refusals import PolicyWithoutLending

#: what a form or a query may say, all of it text
NAMES = (
    "quarters", "share", "share_from", "monthly", "size", "term", "rate", "months", "policy",
    "against", "early", "lender",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast, and the one it is compared with."""

    forecast: Forecast
    #: None where nothing is supposed
    beside: Forecast | None
    #: policy of the other one's new lending; empty: it supposes nothing
    against: str
    #: last closed day, of which the unpaid is
    closed: date | None

    def beside_fen(self, quarter: Quarter) -> int:
        """The other forecast's cost of a quarter."""
        assert self.beside is not None
        return next(line.total_fen for line in self.beside.quarters if line.quarter == quarter)


def asked_of(said: Mapping[str, str]) -> tuple[Asked, str]:
    """What is supposed, and the policy to compare with, from the texts of a form."""
    share = lending = None
    if said.get("share") or said.get("share_from"):
        share = ShareFrom(
            parse_date(said.get("share_from", ""), field="share_from"),
            parse_share(said.get("share", ""), field="share"),
        )
    if said.get("monthly"):
        lending = NewLending(
            monthly_fen=parse_yuan(said["monthly"], field="monthly"),
            loan_fen=parse_yuan(said.get("size", ""), field="size"),
            term_months=_whole(said, "term"),
            months=_whole(said, "months"),
            policy=said.get("policy", "")[:60],
            annual_rate_ppm=parse_rate(said["rate"], field="rate") if said.get("rate") else None,
        )
    if (said.get("against") or said.get("policy")) and lending is None:
        raise PolicyWithoutLending(field="monthly")
    early_ppm = 0
    if said.get("early"):
        early_ppm = parse_rate(said["early"], field="early", zh="比例", en="a share")
    quarters = _whole(said, "quarters") if said.get("quarters") else Asked().quarters
    asked = Asked(quarters=quarters, share=share, lending=lending, early_ppm=early_ppm)
    return asked, said.get("against", "")[:60]


def _whole(said: Mapping[str, str], name: str) -> int:
    text = said.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise BadValue(
            field=name, name=name, value=text[:40], rule_zh="须为整数", rule_en="a whole number"
        )
    return int(text)


def tell(
    session: Session,
    house: House,
    asked: Asked,
    *,
    against: str = "",
    lender: str = "",
    by: Actor,
) -> Told:
    """The forecast, and the one beside it. ``lender``: the credit code of one lender alone."""
    lender_ids = (organisations.by_credit_code(session, lender).id,) if lender else ()
    asked = replace(asked, lender_ids=lender_ids)
    closed = ledger.last_closed_day(session)
    unpaid_fen = unpaid(session, closed, lender_ids, by=by)

    def run(supposed: Asked) -> Forecast:
        return foresee(session, supposed, unpaid_fen=unpaid_fen, rulebook=house.rulebook, by=by)

    other = None
    if against and asked.lending is not None:
        other = replace(asked, lending=replace(asked.lending, policy=against))
    elif asked.share or asked.lending or asked.early_ppm:
        other = Asked(quarters=asked.quarters, lender_ids=lender_ids)
    return Told(run(asked), None if other is None else run(other), against, closed)


def unpaid(session: Session, day: date | None, lender_ids: tuple[int, ...], *, by: Actor) -> int:
    """Settled and not paid at the close of a day, of what the asker sees: accrued less paid."""
    if day is None:
        return 0
    return sum(
        row.accrued_fen - row.paid_fen
        for row in session.execute(figures.by_place(day))
        if rights.sees(by, region=row.village_code, institution_id=row.lender_id)
        and (not lender_ids or row.lender_id in lender_ids)
    )


def as_data(told: Told) -> dict[str, Any]:
    """For JSON."""
    found, beside = told.forecast, told.beside
    return {
        "on": found.on.isoformat(),
        "unpaid_as_of": told.closed.isoformat() if told.closed else None,
        "loans": found.loans,
        "total": format_yuan(found.total_fen),
        "beside_total": None if beside is None else format_yuan(beside.total_fen),
        "against": told.against or None,
        "quarters": [
            {
                "year": line.quarter.year,
                "quarter": line.quarter.nr,
                "standing": format_yuan(line.standing_fen),
                "new": format_yuan(line.new_fen),
                "total": format_yuan(line.total_fen),
                "beside": None if beside is None else format_yuan(told.beside_fen(line.quarter)),
            }
            for line in found.quarters
        ],
        "years": [
            {
                "year": line.year,
                "unpaid": format_yuan(line.unpaid_fen),
                "cost": format_yuan(line.cost_fen),
                "budget": format_yuan(line.budget_fen),
                "committed": format_yuan(line.committed_fen),
                "paid": format_yuan(line.paid_fen),
                "free": format_yuan(line.free_fen),
                "short": format_yuan(line.short_fen),
            }
            for line in found.years
        ],
        "runs_out": None
        if found.runs_out is None
        else {"year": found.runs_out.year, "quarter": found.runs_out.nr},
        "assumptions": list(assumptions(told)),
    }


def assumptions(told: Told) -> list[str]:
    """Everything it rests on, in words."""
    found = list(told.forecast.assumptions)
    first = told.forecast.years[0]
    if told.closed is not None:
        found.append(
            f"截至{told.closed}日终已结计未拨付的贴息{format_yuan(first.unpaid_fen)}元，"
            f"计入{first.year}年"
        )
    if told.forecast.asked.lender_ids:
        found.append("存量只含所选机构的贷款；预算为全县的")
    return found
