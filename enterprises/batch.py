"""A round's dividends for any number of households, in SQL: the rules of ``enterprises.terms``.

``write_rows`` is a fixed number of statements: the stakes are added up, the floors are, and one
INSERT … SELECT splits what goes beyond them by the largest remainder, ties to the earlier
household. A product of two large numbers would not fit 64 bits: the profit is split digit by digit
of its remainder (``_long_division``), as one does on paper; what even that does not hold is refused
(``StakesTooGreatToSplit``), never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from enterprises import terms
from enterprises.linked import linked_in
from enterprises.models import (
    Agreement,
    DividendDeclaration,
    DividendPayment,
    DividendPosition,
    DividendReturnRow,
    DividendRound,
    DividendRow,
)
from enterprises.refusals import NobodyToShare, ShareWithoutStakes, StakesTooGreatToSplit
from enterprises.terms import Term
from kernel.database import sum_of
from kernel.digests import canonical_cells, digest_lines
from kernel.money import RATE_MAX_PPM, SHARE_MAX_BP, format_yuan

#: owner of an enterprise's accounts
OWNER_KIND: Final = "dividend_pools"
KINDS: Final = (
    "pool_cash", "pool_held", "dividend_payable", "enterprise_retained", "reinvested_stakes",
)  # fmt: skip
#: the largest whole number of a table
_INT_MAX: Final = 2**63 - 1
#: a digit of the long division; all stakes of a round, times their days, stay below the bound
_BASE: Final = 2**12
_DIGITS: Final = 5
STAKE_DAYS_MAX: Final = 2**50 - 1

_COLUMNS: Final = (
    "round_id", "version", "household_id", "nr", "persons", "stake_fen", "stake_days",
    "linked_days", "floor_fen", "profit_fen", "before_fen", "amount_fen", "cash_fen",
    "reinvested_fen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Totals:
    """What a version of a round comes to."""

    rows: int
    amount_fen: int
    cash_fen: int
    reinvested_fen: int
    digest: str


@dataclass(frozen=True, slots=True)
class SplitBase:
    """What a version is split by: of everybody linked in its days, the same ever after."""

    #: each stake times its days
    stake_days: int
    #: what the terms promise
    floors_fen: int


@dataclass(frozen=True, slots=True)
class Case:
    """A round, its agreement, and the term of its year."""

    round: DividendRound
    agreement: Agreement
    term: Term

    @property
    def period_days(self) -> int:
        """Days of the whole period."""
        return (self.round.period_to - self.round.period_from).days

    @property
    def parts_of_year(self) -> int:
        """How many such periods a year has."""
        return 12 // self.agreement.rhythm_months


def write_rows(
    session: Session, one: Case, *, version: int, profit_fen: int = 0, extra_fen: int = 0
) -> tuple[Totals, SplitBase]:
    """Write what every linked household gets; what it comes to, and what it was split by."""
    base = SplitBase(_check_stakes(session, one), expected_fen(session, one))
    above_fen = above(one, base, profit_fen=profit_fen, extra_fen=extra_fen)
    if above_fen and not base.stake_days:
        raise ShareWithoutStakes(field="profit", round=one.round.id, above=format_yuan(above_fen))
    rows = _rows(one, version, above_fen, base.stake_days)
    session.execute(insert(DividendRow).from_select(list(_COLUMNS), rows))
    return totals(session, one.round.id, version), base


def above(one: Case, base: SplitBase, *, profit_fen: int, extra_fen: int) -> int:
    """What is split on top of the floors: of the profit by the terms, and what is given."""
    return extra_fen + terms.profit_above(
        one.term,
        profit_fen=profit_fen,
        service_fee_bp=one.agreement.service_fee_bp,
        floors_fen=base.floors_fen,
    )


def base_of(session: Session, one: Case) -> SplitBase:
    """What a version would be split by today."""
    told = floors(one)
    row = session.execute(select(sum_of(told.c.stake_days), sum_of(told.c.floor_fen))).one()
    return SplitBase(*row)


def expected_fen(session: Session, one: Case) -> int:
    """What the terms promise all households of a round together."""
    return session.scalar(select(sum_of(floors(one).c.floor_fen))) or 0


def totals(session: Session, round_id: int, version: int) -> Totals:
    """What the rows of a version come to, which are some."""
    found = stand(session, round_id, version)
    if not found.rows:
        raise NobodyToShare(field="round_id", round=round_id)
    return found


def stand(session: Session, round_id: int, version: int) -> Totals:
    """The rows of a version as they stand."""
    lines = _lines(round_id, version)
    rows, amount_fen, cash_fen, reinvested_fen, digest = session.execute(
        select(
            func.count(),
            sum_of(lines.c.amount_fen),
            sum_of(lines.c.cash_fen),
            sum_of(lines.c.reinvested_fen),
            digest_lines(lines.c.line, lines.c.nr),
        )
    ).one()
    return Totals(rows, amount_fen, cash_fen, reinvested_fen, digest or "")


def digest_of(session: Session, round_id: int, version: int) -> str | None:
    """The digest of a version's rows as they stand."""
    lines = _lines(round_id, version)
    return session.scalar(select(digest_lines(lines.c.line, lines.c.nr)))


def _lines(round_id: int, version: int) -> Subquery:
    return (
        select(
            canonical_cells([getattr(DividendRow, name) for name in _COLUMNS]).label("line"),
            DividendRow.nr,
            DividendRow.amount_fen,
            DividendRow.cash_fen,
            DividendRow.reinvested_fen,
        )
        .where(DividendRow.round_id == round_id, DividendRow.version == version)
        .order_by(DividendRow.nr)
        .subquery()
    )


# --- the arithmetic -------------------------------------------------------------------------------


def _linked(one: Case) -> CTE:
    # Steps of the split are named queries, not nested ones: SQLite's parser is a hundred deep.
    return linked_in(one.agreement.id, one.round.period_from, one.round.counted_to).cte("linked")


def _check_stakes(session: Session, one: Case) -> int:
    """All stakes times their days, if every product with them fits."""
    linked = _linked(one)
    sum_days, most = session.execute(
        select(sum_of(linked.c.stake_days), func.coalesce(func.max(linked.c.stake_days), 0))
    ).one()
    if sum_days > STAKE_DAYS_MAX or most * max(one.term.rate_ppm, 1) > _INT_MAX:
        raise StakesTooGreatToSplit(field="round_id", round=one.round.id)
    return int(sum_days)


def floors(one: Case) -> CTE:
    """Every household linked in a round's days, with what the terms promise it."""
    linked = _linked(one)
    if one.term.basis == "rate_on_stake":
        numerator = linked.c.stake_days * _int(one.term.rate_ppm)
        divisor = RATE_MAX_PPM * one.period_days * one.parts_of_year
    else:
        heads = linked.c.persons if one.term.basis == "per_person" else _int(1)
        numerator = heads * linked.c.linked_days * _int(one.term.amount_fen)
        divisor = one.period_days * one.parts_of_year
    return select(linked, half_up(numerator, _int(divisor)).label("floor_fen")).cte("floors")


def _rows(one: Case, version: int, above_fen: int, stake_days: int) -> Select[*tuple[object, ...]]:
    """The rows as the table holds them."""
    shares = _shares(floors(one), above_fen, stake_days)
    before = _before(one)
    promised = shares.c.floor_fen + shares.c.profit_fen
    before_fen = func.coalesce(before.c.fen, 0)
    amounts = (
        select(
            shares,
            before_fen.label("before_fen"),
            case((promised > before_fen, promised - before_fen), else_=0).label("amount_fen"),
        )
        .outerjoin(before, before.c.household_id == shares.c.household_id)
        .cte("amounts")
    )
    cash_fen = half_up(amounts.c.amount_fen * _int(one.term.cash_bp), _int(SHARE_MAX_BP))
    cells: dict[str, Any] = {name: amounts.c[name] for name in _COLUMNS if name in amounts.c} | {
        "round_id": literal(one.round.id),
        "version": literal(version),
        "nr": func.row_number().over(order_by=amounts.c.household_id),
        "cash_fen": cash_fen,
        "reinvested_fen": amounts.c.amount_fen - cash_fen,
    }
    return select(*(cells[name].label(name) for name in _COLUMNS)).where(amounts.c.amount_fen > 0)


def _shares(promised: CTE, above_fen: int, stake_days: int) -> CTE:
    """Each household's part of what goes beyond the floors: the largest remainder over stakes."""
    if not above_fen:
        return select(promised, _int(0).label("profit_fen")).cte("shares")
    each, left = divmod(above_fen, stake_days)
    divided = _long_division(promised, left, stake_days)
    rank = func.row_number().over(order_by=[divided.c.rest.desc(), divided.c.household_id])
    given = cast(func.sum(divided.c.part).over(), BigInteger)
    ranked = select(divided, rank.label("rank"), given.label("given")).cte("ranked")
    more = case((ranked.c.rank <= _int(left) - ranked.c.given, 1), else_=0)
    profit_fen = ranked.c.stake_days * _int(each) + ranked.c.part + more
    kept = [ranked.c[name] for name in promised.c.keys()]  # noqa: SIM118
    return select(*kept, profit_fen.label("profit_fen")).cte("shares")


def _long_division(promised: CTE, dividend: int, divisor: int) -> CTE:
    """``part`` and ``rest`` of dividend × stake days ÷ divisor, digit by digit of the dividend.

    At no step is a number above 2 × divisor × base, which is below 2⁶³.
    """
    places = next(count for count in range(1, _DIGITS + 1) if dividend < _BASE**count)
    digits = [dividend // _BASE**place % _BASE for place in reversed(range(places))]
    step = select(promised, _int(0).label("part"), _int(0).label("rest")).cte("digit")
    names = list(promised.c.keys())
    for at, digit in enumerate(digits):
        brought = step.c.rest * _int(_BASE) + step.c.stake_days * _int(digit)
        step = select(
            *(step.c[name] for name in names),
            (step.c.part * _int(_BASE) + brought // _int(divisor)).label("part"),
            (brought % _int(divisor)).label("rest"),
        ).cte(f"digit{at}")
    return step


def _before(one: Case) -> CTE:
    """What households had by earlier rounds of the period."""
    earlier, place = aliased(DividendRound), DividendPosition
    return (
        select(DividendRow.household_id, sum_of(DividendRow.amount_fen).label("fen"))
        .join(earlier, earlier.id == DividendRow.round_id)
        .join(place, place.round_id == earlier.id)
        .where(
            earlier.agreement_id == one.agreement.id,
            earlier.nr == one.round.nr,
            earlier.revision < one.round.revision,
            DividendRow.version == place.version,
        )
        .group_by(DividendRow.household_id)
        .cte("before")
    )


def half_up(numerator: ColumnElement[int], divisor: ColumnElement[int]) -> ColumnElement[int]:
    """Half up, with no product of the numerator: it is as large as it may be already."""
    down, rest = numerator // divisor, numerator % divisor
    return down + case((rest * 2 >= divisor, 1), else_=0)


def _int(value: int) -> ColumnElement[int]:
    return literal(value, BigInteger)


# --- the books ------------------------------------------------------------------------------------


def approval_lines(
    step_id: int, organisation_id: int, declared: DividendDeclaration
) -> Select[int, int, str, int, int]:
    """The entry of an approval: the pool's money is owed to households, or kept as their stakes."""
    which = (
        DividendRow.round_id == declared.round_id,
        DividendRow.version == declared.version,
    )
    return _lines_of(
        step_id,
        organisation_id,
        {"pool_held": declared.cash_fen, "enterprise_retained": declared.reinvested_fen},
        {
            "dividend_payable": select(DividendRow.household_id, -DividendRow.cash_fen).where(
                *which, DividendRow.cash_fen > 0
            ),
            "reinvested_stakes": select(
                DividendRow.household_id, -DividendRow.reinvested_fen
            ).where(*which, DividendRow.reinvested_fen > 0),
        },
    )


def payment_lines(
    return_id: int, organisation_id: int, paid_fen: int
) -> Select[int, int, str, int, int]:
    """The entry of a bank's answer: what was paid is owed no more, and out of the pool."""
    paid = (
        select(DividendPayment.household_id, DividendPayment.amount_fen)
        .join(DividendReturnRow, DividendReturnRow.payment_id == DividendPayment.id)
        .where(DividendReturnRow.return_id == return_id, DividendReturnRow.result == "paid")
    )
    return _lines_of(
        return_id, organisation_id, {"pool_cash": -paid_fen}, {"dividend_payable": paid}
    )


def _lines_of(
    source_id: int,
    organisation_id: int,
    sums: dict[str, int],
    by_household: dict[str, Select[int, int]],
) -> Select[int, int, str, int, int]:
    parts = [
        select(_int(source_id), _int(organisation_id), literal(kind), _int(0), _int(fen))
        for kind, fen in sums.items()
    ]
    for kind, query in by_household.items():
        rows = query.subquery()
        subject_id, fen = rows.c
        parts.append(select(_int(source_id), _int(organisation_id), literal(kind), subject_id, fen))
    every = union_all(*parts).subquery()
    source, owner, kind_of, subject, amount = every.c
    return select(
        source.label("source_id"),
        owner.label("owner_id"),
        kind_of.label("kind"),
        subject.label("subject_id"),
        amount.label("amount_fen"),
    )
