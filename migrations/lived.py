"""Rows carried from loans as they were opened to loans as they are lived, and back.

Running state alone is written: positions learn the terms in force, credit goes from the household
to the loan it was paid for, unpaid interest begins to bear interest. Frozen like the revision that
calls it: names of tables and columns are those of that day, whatever the models say later.
"""

# Statements are put together from the pieces of this file alone; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from kernel.money import parse_share
from migrations.refusals import CreditUsedAcrossLoans, MigrationInClose

#: stands for "never"
FAR = date(9999, 12, 31)


def _run(bind: Connection, statement: str, **values: object) -> None:
    """One statement, its values bound by what they are."""
    bind.execute(text(statement).bindparams(**values))


def require_no_close(bind: Connection) -> None:
    """Refuse while a day is being closed."""
    day = bind.scalar(text("SELECT day FROM business_days WHERE state = 'closing'"))
    if day is not None:
        raise MigrationInClose(day=day)


def open_day(bind: Connection) -> date | None:
    """The open business day; None where books were never opened."""
    found = bind.scalar(text("SELECT max(day) FROM business_days WHERE state = 'open'"))
    return date.fromisoformat(str(found)) if found is not None else None


# --- credit -----------------------------------------------------------------------------------

_CREDIT_OF_LOANS = """
    SELECT loan_id, CAST(sum(to_credit_fen)
           - sum(CASE WHEN kind = 'credit' THEN amount_fen ELSE 0 END) AS BIGINT) AS fen,
           max(trail_id) AS trail_id
    FROM repayments WHERE to_credit_fen > 0 OR kind = 'credit' GROUP BY loan_id
"""

_OVERUSED = f"""
    SELECT number FROM loans JOIN ({_CREDIT_OF_LOANS}) kept ON kept.loan_id = loans.id
    WHERE kept.fen < 0 ORDER BY number LIMIT 10
"""

_TO_LOANS = f"""
    INSERT INTO loan_credits (loan_id, amount_fen, trail_id)
    SELECT loan_id, fen, trail_id FROM ({_CREDIT_OF_LOANS}) kept
"""

_TO_HOUSEHOLDS = """
    INSERT INTO household_credits (lender_id, household_id, amount_fen, trail_id)
    SELECT lender_id, household_id, CAST(sum(loan_credits.amount_fen) AS BIGINT),
           max(loan_credits.trail_id)
    FROM loan_credits JOIN loans ON loans.id = loan_credits.loan_id
    GROUP BY lender_id, household_id
"""


def require_credit_within_loans(bind: Connection) -> None:
    """Refuse where a loan's dues took credit that was paid for another."""
    numbers = bind.scalars(text(_OVERUSED)).all()
    if numbers:
        raise CreditUsedAcrossLoans(numbers="、".join(numbers))


def give_credit_to_loans(bind: Connection) -> None:
    """Each loan's credit is what its payments left over, less what its dues used of it."""
    _run(bind, _TO_LOANS)


def give_credit_to_households(bind: Connection) -> None:
    """A household's credit is that of its loans."""
    _run(bind, _TO_HOUSEHOLDS)


# --- positions --------------------------------------------------------------------------------

#: a payment reached principal before its time if it paid a due of its own unit of work
_EARLY = """
    EXISTS (SELECT 1 FROM allocations JOIN dues ON dues.id = allocations.due_id
            WHERE allocations.repayment_id = repayments.id AND dues.kind = 'principal'
              AND dues.trail_id = repayments.trail_id)
"""

#: draws and payments that stand, with their place in the order of a day
_EVENTS = f"""
    SELECT loan_id, value_date, 0 AS place FROM disbursements
    WHERE NOT EXISTS (SELECT 1 FROM reversals WHERE disbursement_id = disbursements.id)
    UNION ALL
    SELECT loan_id, value_date, CASE WHEN {_EARLY} THEN 5 ELSE 4 END FROM repayments
    WHERE kind = 'payment'
"""

_TERMS_IN_FORCE = """
    UPDATE positions SET matures_on = loans.matures_on, method = loans.method,
        every_months = loans.every_months, settle_on_day = loans.settle_on_day,
        last_event_on = loans.signed_on, plan_from_on = drawn_on,
        compound_settled_to = penalty_settled_to,
        compounds = {compounds}, principal_first_after_days = {principal_first}
    FROM loans WHERE loans.id = positions.loan_id
"""

_LAST_DAY = f"""
    UPDATE positions SET last_event_on = latest.on_day
    FROM (SELECT loan_id, max(value_date) AS on_day FROM ({_EVENTS}) event GROUP BY loan_id) latest
    WHERE latest.loan_id = positions.loan_id
"""

_LAST_PLACE = f"""
    UPDATE positions SET last_event_rank = latest.place
    FROM (SELECT loan_id, value_date, max(place) AS place FROM ({_EVENTS}) event
          GROUP BY loan_id, value_date) latest
    WHERE latest.loan_id = positions.loan_id AND latest.value_date = positions.last_event_on
"""


def fill_positions(bind: Connection) -> None:
    """The terms in force are those that were signed; the last event is read from the record."""
    _run(
        bind,
        _TERMS_IN_FORCE.format(
            compounds=_frozen(bind, "compound_interest", "boolean"),
            principal_first=_frozen(bind, "principal_first_after_days", "bigint"),
        ),
    )
    _fill_misuse_surcharge(bind)
    _run(bind, _LAST_DAY)
    _run(bind, _LAST_PLACE)


def _frozen(bind: Connection, name: str, kind: str) -> str:
    """SQL: a value out of a contract's frozen terms; NULL where they do not name it."""
    if bind.dialect.name == "postgresql":
        return f"CAST(CAST(loans.terms AS json) #>> '{{{name},value}}' AS {kind})"
    return f"json_extract(loans.terms, '$.{name}.value')"


def _fill_misuse_surcharge(bind: Connection) -> None:
    """Shares are written as per cent; the same few stand in all contracts."""
    share = _frozen(bind, "misuse_surcharge_bp", "text")
    of_these = f"SELECT id FROM loans WHERE {share} = :written"
    for written in bind.scalars(text(f"SELECT DISTINCT {share} FROM loans")).all():
        _run(
            bind,
            f"UPDATE positions SET misuse_surcharge_bp = :share_bp WHERE loan_id IN ({of_these})",
            share_bp=parse_share(written, field="terms"),
            written=written,
        )


# --- unpaid interest --------------------------------------------------------------------------

#: loans whose contract lets unpaid interest bear interest, with what is past due of it
_LATE = """
    SELECT open_dues.loan_id, CAST(sum(left_fen) AS BIGINT) AS fen,
           max(open_dues.trail_id) AS trail_id
    FROM open_dues JOIN positions ON positions.loan_id = open_dues.loan_id
    WHERE positions.compounds AND open_dues.kind = 'interest'
      AND open_dues.bearer = 'household' AND open_dues.payable_on < :on
    GROUP BY open_dues.loan_id
"""

# The penalty rate, half up as every rate.
_BEGIN = f"""
    INSERT INTO open_segments
        (loan_id, state, from_on, principal_fen, rate_ppm, share_bp, cap_fen, trail_id)
    SELECT late.loan_id, 'arrears', :on, late.fen,
           (2 * annual_rate_ppm * (10000 + overdue_surcharge_bp) + 10000) / 20000, 0, 0,
           late.trail_id
    FROM ({_LATE}) late JOIN loans ON loans.id = late.loan_id
"""

_IN_ARREARS = "loan_id IN (SELECT loan_id FROM open_segments WHERE state = 'arrears')"

_NO_SETTLEMENT_TO_COME = f"""
    settle_event_on = :far AND every_months > 0 AND settle_on_day > 0 AND {_IN_ARREARS}
"""

_SETTLE_ON = f"""
    UPDATE positions SET settle_event_on = :night,
        next_event_on = CASE WHEN next_event_on < :night THEN next_event_on ELSE :night END
    WHERE every_months = :every AND settle_on_day = :day AND {_NO_SETTLEMENT_TO_COME}
"""


def begin_arrears(bind: Connection, on: date) -> None:
    """Interest that is past due bears interest from the open day on, at the penalty rate.

    The days before are not claimed: under the rules of those days it bore none.
    """
    _run(bind, _BEGIN, on=on)
    _run(bind, f"UPDATE positions SET compound_settled_to = :on WHERE {_IN_ARREARS}", on=on)
    # A loan whose principal is paid had no settlement to come; its arrears have.
    rhythms = bind.execute(
        text(
            "SELECT DISTINCT every_months, settle_on_day FROM positions"
            f" WHERE {_NO_SETTLEMENT_TO_COME}"
        ).bindparams(far=FAR)
    ).all()
    for every, day in rhythms:
        night = _next_settlement(on, every, day)
        _run(bind, _SETTLE_ON, night=night, far=FAR, every=every, day=day)


def _next_settlement(on: date, every_months: int, settle_on_day: int) -> date:
    """The next settlement day, ``on`` included, in months that the rhythm divides the year into."""
    year, month = on.year, on.month
    while month % every_months or date(year, month, settle_on_day) < on:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, settle_on_day)


_NO_MORE_SETTLEMENT = f"""
    UPDATE positions SET settle_event_on = :far, next_event_on = CASE
        WHEN plan_event_on <= share_event_on AND plan_event_on <= review_on THEN plan_event_on
        WHEN share_event_on <= review_on THEN share_event_on ELSE review_on END
    WHERE {_IN_ARREARS} AND NOT EXISTS
        (SELECT 1 FROM open_segments
         WHERE state <> 'arrears' AND open_segments.loan_id = positions.loan_id)
"""


def end_arrears(bind: Connection) -> None:
    """Going back: interest on unpaid interest has not begun, or the way back was refused."""
    _run(bind, _NO_MORE_SETTLEMENT, far=FAR)
    _run(bind, "DELETE FROM open_segments WHERE state = 'arrears'")
