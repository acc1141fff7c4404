"""A portfolio of any size, by INSERT … SELECT: what applying, signing and paying out would leave.

One household, one borrower, one loan each, all signed and paid out on the books' first day: three
years, interest settled on the 20th of the quarter's last month. A quarter of the loans is borne by
the household alone; of the others the treasury bears half, seven tenths, or all. Amounts and rates
differ from loan to loan. The entries of the disbursements are booked by the product itself.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    Text,
    case,
    cast,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import Session

import ledger
import organisations
import policy
from config.wiring import House
from households.models import Household, HouseholdStatus, Person, Status
from jobs import founding
from kernel.actor import Actor, system_actor
from kernel.database import Base, least
from kernel.dates import add_months
from kernel.identity import credit_check_character
from kernel.regions import level
from loans import booking
from loans.cover import household_cap_fen
from loans.models import (
    FAR,
    Application,
    ApplicationSheet,
    Disbursement,
    Loan,
    LoanBearer,
    OpenSegment,
    Position,
)
from office.models import Voucher

COUNTY: Final = "431022000000"
#: signing day, and first business day
FIRST_DAY: Final = date(2016, 6, 1)
#: a day on which nothing happens to any loan
QUIET: Final = date(2016, 6, 2)
#: the settlement day of the second quarter
SETTLES: Final = date(2016, 6, 20)
TERM_MONTHS: Final = 36
_VILLAGES: Final = 50
_SOME_VILLAGE: Final = "431022100201"
#: the treasury's share of the interest, in turn
_SHARES_BP: Final = (0, 5_000, 7_000, 10_000)
_CAP_FEN: Final = 5_000_000
_OFFICE: Final = Actor(1, "bench", frozenset({"poverty_office"}), "431022")


def build(house: House, loans: int) -> None:
    """Found the books and fill them."""
    founding.found(house, region=COUNTY, first_day=FIRST_DAY, mode="held", demo="bench")
    with house.books.write("organisations.register", by=_OFFICE) as session:
        lender_id = _lender(session, house)
    with house.books.write("loans.disburse", by=system_actor("431022")) as session:
        _Portfolio(session, house, lender_id, loans).write()


def _lender(session: Session, house: House) -> int:
    first = "91431022MA4L00001"
    return organisations.register(
        session,
        credit_code=first + credit_check_character(first),
        name="宜章测速农村商业银行",
        kind="lender",
        region_code=COUNTY,
        regions=house.regions,
        on=FIRST_DAY,
        by=_OFFICE,
    )


class _Portfolio:
    """The rows of a portfolio; loan n has the number n in every table."""

    def __init__(self, session: Session, house: House, lender_id: int, count: int) -> None:
        self._session = session
        self._house = house
        self._lender_id = lender_id
        self._count = count
        self._series = _series(count)
        self._matures_on = add_months(FIRST_DAY, TERM_MONTHS)
        self._terms = house.rulebook.terms_for(
            on=FIRST_DAY, region=COUNTY, household_kind="registered"
        )

    def write(self) -> None:
        """All of it, in the order in which rows name each other."""
        self._write_households()
        self._write_applications()
        self._write_loans()
        self._write_standing()
        self._write_money()

    def _write_households(self) -> None:
        nr = self._series
        self._insert(
            Household,
            select(nr.c.n, literal("H").op("||")(_text(nr.c.n)), _village(self._house, nr.c.n)),
            "id",
            "number",
            "village_code",
        )
        self._from_series(
            HouseholdStatus,
            household_id=nr.c.n,
            status=Status.REGISTERED.value,
            from_on=date(2014, 1, 1),
            booked_on=FIRST_DAY,
            reason="建档立卡",
        )
        self._from_series(
            Person,
            id=nr.c.n,
            household_id=nr.c.n,
            joined_on=date(2014, 1, 1),
            name="王测",
            pinyin="wangce",
            initials="wc",
            sex="male",
            born_on=date(1970, 1, 1),
            identity_sealed=cast(_text(nr.c.n), LargeBinary),
            identity_index=cast(_text(nr.c.n), LargeBinary),
            is_head=True,
            relation="户主",
        )

    def _write_applications(self) -> None:
        nr = self._series
        self._session.add(
            ApplicationSheet(
                id=1,
                lender_id=self._lender_id,
                region_code=COUNTY,
                applied_on=FIRST_DAY,
                applications=self._count,
                total_fen=0,
                digest="0" * 64,
            )
        )
        self._session.flush()
        self._from_series(
            Application,
            id=nr.c.n,
            sheet_id=1,
            household_id=nr.c.n,
            borrower_id=nr.c.n,
            amount_fen=_amount(nr.c.n),
            term_months=TERM_MONTHS,
            annual_rate_ppm=_rate(nr.c.n),
            purpose="养殖",
            use="production",
            method="interest-only",
            every_months=3,
            exception_reason="",
            exceptions="",
        )

    def _write_loans(self) -> None:
        nr, terms = self._series, self._terms
        frozen = json.dumps(policy.freeze(terms), ensure_ascii=False, sort_keys=True)
        constants = {
            "lender_id": self._lender_id,
            "payer_kind": "households",
            "household_kind": "registered",
            "borrower_age_years": 46,
            "signed_on": FIRST_DAY,
            "matures_on": self._matures_on,
            "term_months": TERM_MONTHS,
            "method": "interest-only",
            "every_months": 3,
            "settle_on_day": 20,
            "day_count": "act/360",
            "day_base": 360,
            "overdue_surcharge_bp": terms.overdue_surcharge_bp.value,
            "allocation_order": ",".join(terms.allocation_order.value),
            "purpose": "养殖",
            "uses_line": False,
            "policy": terms.amount_max_fen.document,
            "rulebook_digest": self._house.rulebook.digest(),
            "terms": frozen,
        }
        own = ("id", "application_id", "household_id", "borrower_id", "payer_id")
        rows = select(
            *(nr.c.n for _ in own),
            literal("XD").op("||")(_text(nr.c.n)),
            _village(self._house, nr.c.n),
            _amount(nr.c.n),
            least(_amount(nr.c.n), literal(household_cap_fen(terms))),
            _rate(nr.c.n),
            *_literals(Loan, constants),
        )
        told = ("number", "village_code", "amount_fen", "cover_cap_fen", "annual_rate_ppm")
        names = (*own, *told, *constants)
        self._insert(Loan, rows, *names)

    def _write_standing(self) -> None:
        nr = self._series
        for turn, share_bp in enumerate(_SHARES_BP):
            mine = nr.c.n % len(_SHARES_BP) == turn
            share = {"share_bp": share_bp, "cap_fen": _CAP_FEN if share_bp else 0}
            if share_bp:
                self._from_series(
                    LoanBearer,
                    mine,
                    loan_id=nr.c.n,
                    from_on=FIRST_DAY,
                    to_on=self._matures_on,
                    route="lender",
                    clause="bench",
                    **share,
                )
            self._from_series(
                OpenSegment,
                mine,
                loan_id=nr.c.n,
                state="regular",
                from_on=FIRST_DAY,
                principal_fen=_amount(nr.c.n),
                rate_ppm=_rate(nr.c.n),
                **share,
            )
            self._write_positions(mine, bears=share_bp > 0)

    def _write_positions(self, mine: ColumnElement[bool], *, bears: bool) -> None:
        nr = self._series
        eve = date.fromordinal(self._matures_on.toordinal() - 1)
        self._from_series(
            Position,
            mine,
            loan_id=nr.c.n,
            state="active",
            **self._in_force(),
            drawn_fen=_amount(nr.c.n),
            cover_cap_fen=least(_amount(nr.c.n), literal(household_cap_fen(self._terms))),
            drawn_on=FIRST_DAY,
            interest_settled_to=FIRST_DAY,
            penalty_settled_to=FIRST_DAY,
            compound_settled_to=FIRST_DAY,
            plan_from_on=FIRST_DAY,
            plan_version=0,
            settle_event_on=SETTLES,
            plan_event_on=eve,
            share_event_on=eve if bears else FAR,
            review_on=FIRST_DAY,
            next_event_on=FIRST_DAY,
            grade=1,
            correction=0,
        )

    def _in_force(self) -> dict[str, Any]:
        """The terms as they were signed, and the draw, the last event so far."""
        terms = self._terms
        first = terms.principal_first_after_days
        return {
            "matures_on": self._matures_on,
            "method": "interest-only",
            "every_months": 3,
            "settle_on_day": 20,
            "last_event_on": FIRST_DAY,
            "last_event_rank": 0,
            "misuse_surcharge_bp": terms.misuse_surcharge_bp.value,
            "compounds": terms.compound_interest.value,
            "principal_first_after_days": None if first is None else first.value,
            "misused": False,
            "unsubsidised": False,
        }

    def _write_money(self) -> None:
        nr = self._series
        self._from_series(
            Voucher,
            id=nr.c.n,
            institution_id=self._lender_id,
            channel="counter",
            voucher_no=_text(nr.c.n),
            direction="out",
            amount_fen=_amount(nr.c.n),
            booked_on=FIRST_DAY,
        )
        self._from_series(
            Disbursement,
            id=nr.c.n,
            loan_id=nr.c.n,
            nr=1,
            slip_number=literal("XD").op("||")(_text(nr.c.n)).op("||")("-01"),
            amount_fen=_amount(nr.c.n),
            value_date=FIRST_DAY,
            booking_date=FIRST_DAY,
            voucher_id=nr.c.n,
        )
        booking.open_accounts(self._session, [self._lender_id])
        booking.book_disbursements(self._session, ledger.open_day(self._session))

    def _from_series(
        self, entity: type[Base], which: ColumnElement[bool] | None = None, **columns: object
    ) -> None:
        """A row for each number, with columns that are constants or made of the number."""
        nr = self._series
        rows = select(*_literals(entity, columns)).select_from(nr)
        self._insert(entity, rows if which is None else rows.where(which), *columns)

    def _insert(self, entity: type[Base], rows: Select[Any], *names: str) -> None:
        self._session.execute(insert(entity).from_select(list(names), rows))


def _literals(entity: type[Base], columns: dict[str, Any]) -> list[ColumnElement[Any]]:
    table = entity.__table__
    return [
        value
        if isinstance(value, ColumnElement)
        else cast(literal(value, table.c[name].type), table.c[name].type)
        for name, value in columns.items()
    ]


def _series(count: int) -> CTE:
    """The numbers from 1 to ``count``."""
    first = select(literal(1, Integer).label("n")).cte("series", recursive=True)
    return first.union_all(select(first.c.n + 1).where(first.c.n < count))


def _village(house: House, nr: ColumnElement[int]) -> ColumnElement[str]:
    codes = [one.code for one in house.regions.inside(COUNTY, level(_SOME_VILLAGE))][:_VILLAGES]
    assert len(codes) == _VILLAGES
    return case(dict(enumerate(codes)), value=nr % _VILLAGES)


def _amount(nr: ColumnElement[int]) -> ColumnElement[int]:
    """10 000.00 to 49 999.00 yuan."""
    return 1_000_000 + nr % 4_000 * 1_000


def _rate(nr: ColumnElement[int]) -> ColumnElement[int]:
    """3.50 % to 4.74 %."""
    return 35_000 + nr % 125 * 100


def _text(nr: ColumnElement[int]) -> ColumnElement[str]:
    return cast(nr, Text)
