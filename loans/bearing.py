"""Who bears the interest of a contract besides whoever repays, as frozen on its signing day. Pure.

The policy's rows are cut to the contract and to the longest subsidy. Each carries a share, the
principal it is counted on, and the rate it is counted at: the contract's, or a lower one where
the policy gives a fixed rate of subsidy (固定贴息率) or holds it to a reference rate (基准封顶).
A policy that names a fixed rate and no share bears all the interest up to that rate, on the amount
of one contract, and refunds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kernel.dates import add_months
from kernel.money import MONEY_MAX_FEN, SHARE_MAX_BP
from loans.models import FAR
from loans.refusals import BearersOverlap, RoutesDiffer
from loans.routes import HOUSEHOLD, LENDER, paid_first_by
from loans.shares import cap_left
from policy import Bearer, ContractTerms, Sourced

#: reference rate -> the rate published for a contract of this day and term
References = Callable[[str], int]
_TREASURY: Final = "treasury"


@dataclass(frozen=True, slots=True)
class Lent:
    """What the rows of a contract depend on beside its terms."""

    signed_on: date
    matures_on: date
    annual_rate_ppm: int
    #: an organisation repays
    organisation: bool = False


def bearers_of(terms: ContractTerms) -> tuple[tuple[Bearer, ...], Sourced[Any]]:
    """The policy's rows, and the rule that they rest on."""
    rows, fixed = terms.interest_bearers, terms.fixed_subsidy_rate_ppm
    if rows.value or not fixed.value:
        return rows.value, rows
    whole = Bearer(
        bearer=_TREASURY,
        share_bp=SHARE_MAX_BP,
        principal_cap_fen=terms.amount_max_fen.value,
        route=HOUSEHOLD,
        rate_ppm=fixed.value,
    )
    return (whole,), fixed


def route_of(terms: ContractTerms, *, organisation: bool) -> str:
    """Who gets the treasury's part: the lender, or whoever has paid all the interest first."""
    rows, rule = bearers_of(terms)
    routes = {row.route for row in rows if row.share_bp}
    if len(routes) > 1:
        raise RoutesDiffer(field="interest_bearers", clause=rule.cite)
    return paid_first_by(organisation=organisation) if routes - {LENDER} else LENDER


def bearer_rows(
    terms: ContractTerms, lent: Lent, parts: Sequence[tuple[int, int]], references: References
) -> list[dict[str, Any]]:
    """The treasury's stretches of days, cut to the contract and to the longest subsidy; one that
    lasts to the maturity runs on to a later one where the terms say so.

    A cap on the principal is one cap over all loans of a household: each stretch carries what the
    others leave of it, and where they leave nothing there is none.
    """
    on = lent.signed_on
    last = min(lent.matures_on, add_months(on, terms.subsidy_months_max.value))
    bearers, rule = bearers_of(terms)
    route = route_of(terms, organisation=lent.organisation)
    rows: list[dict[str, Any]] = []
    end = on
    for bearer in bearers:
        start = max(on, bearer.arises_from or on)
        until = min(last, bearer.arises_to or FAR)
        if not bearer.share_bp or start >= until:
            continue
        if start < end:
            raise BearersOverlap(field="interest_bearers", clause=rule.cite)
        end = until
        cap_fen = bearer.principal_cap_fen
        left_fen = MONEY_MAX_FEN if cap_fen is None else cap_left(cap_fen, parts)
        if not left_fen:
            continue
        rows.append(
            {
                "from_on": start,
                "to_on": until,
                "share_bp": bearer.share_bp,
                "cap_fen": left_fen,
                "route": route,
                "clause": rule.cite,
                "runs_on": False,
                "rate_ppm": shared_rate_ppm(bearer, lent.annual_rate_ppm, references),
            }
        )
    if rows and terms.subsidy_in_extension is not None:
        lasts = rows[-1]["to_on"] == lent.matures_on
        rows[-1]["runs_on"] = lasts and terms.subsidy_in_extension.value
    return rows


def shared_rate_ppm(bearer: Bearer, annual_rate_ppm: int, references: References) -> int | None:
    """The rate that a row shares: the least of what applies; None: the contract's own."""
    limits = [] if bearer.rate_ppm is None else [bearer.rate_ppm]
    if bearer.rate_cap is not None:
        limits.append(references(bearer.rate_cap))
    least = min(limits, default=annual_rate_ppm)
    return least if least < annual_rate_ppm else None
