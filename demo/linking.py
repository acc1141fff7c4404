"""Enterprises in the demo: recognised, pledged, and linked to households.

Three rounds of agreements. Who borrowed before the first is paid when its year is over, who
borrowed before the second in advance; the third links everybody else, of whom nothing was due yet.
So many households of three people and of four are paid a fixed sum, which is our reading of what
was printed: a rate on a loan would come to more than was lent. Names, dates and document numbers
are made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

import enterprises
from demo.choosing import choose
from demo.county import Linkage
from demo.desks import DESKS, AtDesks, Borrowing, Signed
from demo.dividends import Dividends
from demo.papers import write_linkages
from demo.people import Family
from kernel.actor import Actor
from kernel.dates import add_months
from kernel.identity import credit_check_character
from kernel.money import split_by_weights
from kernel.regions import scope_digits
from organisations.operations import register
from risk_fund.models import FundAccount

#: what they are called and make, in turn
_TRADES: Final = (
    ("茶业", "茶叶"), ("果业", "脐橙"), ("油茶", "油茶"), ("养殖", "生猪"), ("蔬菜", "蔬菜"),
    ("药材", "中药材"), ("烟业", "烤烟"), ("竹业", "竹木制品"),
)  # fmt: skip
_OPERATING_SINCE: Final = date(2010, 3, 1)
_YEARS: Final = 3
#: days from the opening of the books to the recognitions
_RECOGNISED: Final = timedelta(days=21)
#: which round of agreements is paid in advance
_IN_ADVANCE: Final = 2
#: a household, the source of its stake in words, fen, contract
Row = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise of the demo."""

    organisation_id: int
    name: str
    credit_code: str
    product: str


class Linking(AtDesks):
    """Puts the enterprises' work on the agenda."""

    def __init__(self, maker: Borrowing, linkage: Linkage, families: Sequence[Family]) -> None:
        super().__init__(maker)
        self._signed = maker.signed
        self._linkage = linkage
        self._families = families
        self._firms: list[Firm] = []
        #: numbers of households that are linked
        self._linked: set[str] = set()

    def plan(self) -> None:
        """Everything whose day is known beforehand."""
        calendar, linkage = self._house.calendar, self._linkage
        dividends = Dividends(self._maker)
        self._maker.put(calendar.next_working_day(self._county.opens_on + _RECOGNISED), self._found)
        self._maker.put(calendar.next_working_day(self._county.contributions[0][0]), self._pledge)
        for nth, day in enumerate((linkage.first_from, linkage.second_from), start=1):
            self._maker.put(day, partial(self._link_paid, nth))
            due = day if nth == _IN_ADVANCE else add_months(day, 12)
            self._maker.put(calendar.next_working_day(due + timedelta(days=1)), dividends.declare)
        self._maker.put(linkage.third_from, self._link_others)

    # --- who they are -----------------------------------------------------------------------------

    def _found(self, on: date) -> None:
        """Registered, put forward by one of the poverty office, recognised by the other."""
        self._firms = self._do("organisations.register", DESKS.office, self._register, on)
        conduct = self._house.rulebook.conduct(on=on, region=self._county.region)

        def propose(session: Session, on: date, by: Actor) -> list[int]:
            return [
                enterprises.propose_recognition(
                    session,
                    wish=enterprises.Wish(
                        organisation_id=firm.organisation_id,
                        from_on=on,
                        to_on=add_months(on, 12 * 5),
                        document_no=f"演示县扶认〔{on.year}〕1号",
                        operating_since=_OPERATING_SINCE,
                        industry=firm.product,
                    ),
                    conduct=conduct,
                    on=on,
                    by=by,
                )
                for firm in self._firms
            ]

        def decide(session: Session, on: date, by: Actor) -> None:
            for proposal_id in proposals:
                enterprises.decide_recognition(
                    session, proposal_id=proposal_id, approved=True, on=on, by=by
                )

        proposals = self._do("enterprises.recognise", DESKS.office, propose, on)
        self._do("enterprises.approve_recognition", DESKS.second_office, decide, on)
        self._do("enterprises.chain", DESKS.office, self._chain, on)

    def _register(self, session: Session, on: date, by: Actor) -> list[Firm]:
        found = []
        for nth in range(self._linkage.enterprises):
            trade, product = _TRADES[nth % len(_TRADES)]
            name = f"示范{trade}{nth + 1:03d}公司（演示）"
            code = _credit_code(scope_digits(self._county.region), nth)
            number = register(
                session,
                credit_code=code,
                name=name,
                kind="enterprise",
                region_code=self._county.region,
                regions=self._house.regions,
                on=on,
                by=by,
            )
            found.append(Firm(number, name, code, product))
        return found

    def _chain(self, session: Session, on: date, by: Actor) -> None:
        for firm in self._firms:
            chain = enterprises.Chain(
                organisation_id=firm.organisation_id,
                name=f"{firm.product}产业链",
                product=firm.product,
                sales_channel="订单收购、展销会（演示）",
                from_on=on,
            )
            enterprises.open_chain(session, chain=chain, on=on, by=by)

    def _pledge(self, on: date) -> None:
        """Each gives the fund a counter-security."""

        def step(session: Session, on: date, by: Actor) -> None:
            account_id = session.scalars(select(FundAccount.id)).first()
            assert account_id is not None
            for firm in self._firms:
                pledged = enterprises.Pledge(
                    organisation_id=firm.organisation_id,
                    fund_account_id=account_id,
                    kind="building",
                    description="厂房（演示）",
                    value_fen=100_000_000,
                    document_no=f"演示反抵押〔{on.year}〕{firm.organisation_id}号",
                    from_on=on,
                )
                enterprises.pledge(session, pledged=pledged, on=on, by=by)

        self._do("enterprises.pledge", DESKS.office, step, on)

    # --- agreements -------------------------------------------------------------------------------

    def _link_paid(self, nth: int, on: date) -> None:
        """Of the sizes that were paid, who has borrowed by now, so many of each at most."""
        chosen = [
            _by_loan(one)
            for size, count in self._linkage.paid
            for one in self._free(on, size)[: count - self._linked_of(size)]
        ]
        self._agree(f"L{nth}", sorted(chosen), on, in_advance=nth == _IN_ADVANCE)

    def _link_others(self, on: date) -> None:
        """The other borrowers by their loans, or by work where those are repaid; then those without
        a loan, so that the linked people are as many as were printed.
        """
        rows = [
            _by_work(one.family) if one.ends_on <= on else _by_loan(one) for one in self._free(on)
        ]
        borrowers = {one.family.number for one in self._signed}
        linked = self._linked | {row[0] for row in rows}
        people = sum(len(f.members) for f in self._families if f.number in linked)
        others = choose(
            [family for family in self._families if family.number not in borrowers],
            Random(self._county.seed + 3),  # noqa: S311  (a plan to be repeated)
            people=self._linkage.persons - people,
            households=self._linkage.without_loan,
        )
        rows += [_by_work(family) for family in others]
        self._agree("L3", sorted(rows), on, in_advance=False)

    def _free(self, on: date, size: int = 0) -> list[Signed]:
        """Loans signed before a day by households that are not linked; of one size, if not 0."""
        return [
            one
            for one in self._signed
            if one.on < on
            and one.family.number not in self._linked
            and size in {0, len(one.family.members)}
        ]

    def _linked_of(self, size: int) -> int:
        return sum(
            len(family.members) == size
            for family in self._families
            if family.number in self._linked
        )

    def _agree(self, series: str, rows: Sequence[Row], on: date, *, in_advance: bool) -> None:
        """An agreement for each enterprise, with neighbours on its list."""
        if not rows:
            return
        self._linked.update(row[0] for row in rows)
        counts = split_by_weights(len(rows), [1] * len(self._firms))
        first = 0
        for firm, count in zip(self._firms, counts, strict=True):
            if count:
                self._sign(series, firm, rows[first : first + count], on, in_advance=in_advance)
            first += count

    def _sign(
        self, series: str, firm: Firm, rows: Sequence[Row], on: date, *, in_advance: bool
    ) -> None:
        path = self._maker.folder / f"联结清单-{series}-{firm.organisation_id}.csv"
        write_linkages(path, rows)
        stakes = enterprises.read_list(path).taken()
        path.unlink()
        lender = next(iter(self._maker.lenders.values()))
        parties = (
            enterprises.Party(role="poverty_office", name="县扶贫办（演示）"),
            enterprises.Party(
                role="lender", name=lender.name, organisation_id=lender.organisation_id
            ),
            enterprises.Party(
                role="enterprise", name=firm.name, organisation_id=firm.organisation_id
            ),
            enterprises.Party(role="household", name="联结农户"),
        )
        asked = enterprises.Asked(
            number=f"{series}-{on.year}-{firm.organisation_id:04d}",
            organisation_id=firm.organisation_id,
            form="equity",
            parties=parties,
            terms=(
                enterprises.Term(
                    year_from=1,
                    year_to=_YEARS,
                    basis="per_household",
                    amount_fen=self._linkage.each_fen,
                ),
            ),
            signed_on=on,
            from_on=on,
            to_on=add_months(on, 12 * _YEARS),
            principal_repaid_by="household",
            in_advance=in_advance,
            document_no=f"演示县扶协〔{on.year}〕{firm.organisation_id}号",
        )
        conduct = self._house.rulebook.conduct(on=on, region=self._county.region)
        handed = self._do(
            "enterprises.agree",
            DESKS.registrar,
            lambda session, on, by: enterprises.propose_agreement(
                session, asked=asked, stakes=stakes, conduct=conduct, on=on, by=by
            ),
            on,
        )
        self._do(
            "enterprises.approve_agreement",
            DESKS.second_office,
            lambda session, on, by: enterprises.decide_list(
                session, proposal_id=handed.proposal_id, approved=True, on=on, by=by
            ),
            on,
        )


def _by_loan(one: Signed) -> Row:
    return one.family.number, "扶贫小额贷款", one.amount_fen, one.number


def _by_work(family: Family) -> Row:
    return family.number, "劳务", 0, ""


def _credit_code(scope: str, nth: int) -> str:
    """A well-formed code in a county part that was never given: no legal person bears it."""
    first = f"91431099MA{scope[-3:]}E{nth:03d}"
    return first + credit_check_character(first)
