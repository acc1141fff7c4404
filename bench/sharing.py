"""A dividend for every household of a portfolio: split, written and booked by the product itself.

The agreement behind it is written as it would stand, one stake for each household; its round is
found, declared with a profit, funded and granted by the product's own verbs. Timed are declaring
(the split and its rows) and granting (the entry with a posting for each household). ``naked``
writes the same rows again into tables with a primary key and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Engine, MetaData, func, insert, literal, select
from sqlalchemy.orm import Session

import organisations
from bench import portfolio
from bench.limits import bare
from bench.profile import Profile, profiled
from config.wiring import House
from enterprises.dividends import declaring, funding, rounds, steps
from enterprises.models import (
    Agreement,
    AgreementApproval,
    AgreementHousehold,
    AgreementList,
    AgreementPosition,
    AgreementTerm,
    DividendRound,
    Recognition,
    RecognitionGrant,
)
from kernel.actor import Actor
from kernel.database import Base
from kernel.identity import credit_check_character
from loans.models import Loan

_NO_DIGEST: Final = "0" * 64
_YEAR_BEFORE: Final = date(2015, 6, 1)
#: 100万元 of profit, 1 000万元 for each loan of it in the pool
_PROFIT_FEN, _POOL_FEN = 10**13 + 7, 10**15
#: what is written, in the order in which rows name each other
_WRITTEN: Final = ("dividend_rows", "dividend_declarations", "dividend_steps", "postings")
_OFFICE = Actor(1, "bench", frozenset({"poverty_office"}), "431022")
_REGISTRAR = Actor(2, "bench", frozenset({"registrar"}), "431022")
_CHECKER = Actor(3, "bench", frozenset({"registrar"}), "431022")
_FINANCE = Actor(4, "bench", frozenset({"finance"}), "431022")


@dataclass(frozen=True)
class Shared:
    """What the two steps took."""

    seconds: float
    profile: Profile


def share(house: House) -> Shared:
    """Split and book a dividend over every household of a portfolio at rest."""
    round_id = _prepare(house)
    on = portfolio.QUIET
    with profiled(house.engine) as profile:
        began = perf_counter()
        with house.books.write("enterprises.declare", by=_REGISTRAR) as session:
            declared = declaring.Declared(document_no="1", profit_fen=_PROFIT_FEN)
            declaring.declare(session, round_id=round_id, declared=declared, on=on, by=_REGISTRAR)
        seconds = perf_counter() - began
    _fund(house, round_id, on)
    with profiled(house.engine) as granting:
        began = perf_counter()
        with house.books.write("enterprises.approve", by=_OFFICE) as session:
            funding.approve(session, round_id=round_id, on=on, by=_OFFICE)
        seconds += perf_counter() - began
    for text, spent in granting.seconds.items():
        profile.seconds[text] = profile.seconds.get(text, 0) + spent
        profile.calls[text] = profile.calls.get(text, 0) + granting.calls.get(text, 0)
    return Shared(seconds, profile)


def _prepare(house: House) -> int:
    with house.books.write("enterprises.agree", by=_OFFICE) as session:
        _agreement(session, house)
    with house.books.write("enterprises.agree", by=_OFFICE) as session:
        rounds.find_due(session, portfolio.QUIET)
        round_id = session.scalar(select(func.max(DividendRound.id)))
    assert round_id is not None
    return int(round_id)


def _fund(house: House, round_id: int, on: date) -> None:
    with house.books.write("enterprises.check", by=_CHECKER) as session:
        steps.take(session, "check", round_id, on=on, by=_CHECKER, posted_on=on)
    with house.books.write("enterprises.fund", by=_FINANCE) as session:
        agreement = steps.agreement_of(session, round_id)
        enterprise = organisations.get(session, agreement.organisation_id)
        funded = funding.Funded(
            organisation_id=enterprise.id,
            amount_fen=_POOL_FEN,
            payer_code=enterprise.credit_code,
            payer_account="180012345678901",
            voucher_no="1",
        )
        funding.receive(session, funded, on=on, by=_FINANCE)
        funding.find_money(session, round_id=round_id, on=on, by=_FINANCE)


def _agreement(session: Session, house: House) -> None:
    """An agreement in force for a year that ended on the books' first day."""
    enterprise_id = _enterprise(session, house)
    ended = portfolio.FIRST_DAY
    _add(
        session, Recognition, id=1, organisation_id=enterprise_id, from_on=_YEAR_BEFORE,
        to_on=date(2030, 1, 1), document_no="1", operating_since=date(2010, 1, 1),
        years_operating=5, local=True, industry="茶叶", project="", exceptions="",
        exception_reason="", proposed_on=ended, digest=_NO_DIGEST,
    )  # fmt: skip
    _add(session, RecognitionGrant, recognition_id=1, granted_on=ended)
    _add(
        session, Agreement, id=1, number="1", organisation_id=enterprise_id, recognition_id=1,
        region_code=portfolio.COUNTY, form="equity", parties=4, signed_on=_YEAR_BEFORE,
        from_on=_YEAR_BEFORE, to_on=date(2018, 6, 1), principal_repaid_by="enterprise",
        rhythm_months=12, in_advance=False, service_fee_bp=2_000, document_no="", exceptions="",
        exception_reason="", proposed_on=ended, digest=_NO_DIGEST,
    )  # fmt: skip
    _add(
        session, AgreementTerm, agreement_id=1, nr=1, year_from=1, year_to=3,
        basis="rate_on_stake", rate_ppm=80_000, amount_fen=0, cash_bp=6_000,
        profit_share_bp=2_000,
    )  # fmt: skip
    count, stake_fen = session.execute(
        select(func.count(), func.sum(Loan.amount_fen)).where(Loan.household_id.is_not(None))
    ).one()
    _add(
        session, AgreementList, id=1, agreement_id=1, nr=1, from_on=_YEAR_BEFORE,
        households=count, persons=count, stakes=count, stake_fen=int(stake_fen), file_name="",
        file_sha256="", proposed_on=ended, digest=_NO_DIGEST,
    )  # fmt: skip
    _add(session, AgreementApproval, list_id=1, agreement_id=1, approved_on=ended)
    _add(
        session, AgreementPosition, agreement_id=1, number="1", state="in_force",
        households=count, persons=count, stake_fen=int(stake_fen),
    )  # fmt: skip
    columns = {
        "agreement_id": literal(1), "list_id": literal(1), "nr": Loan.id,
        "household_id": Loan.household_id, "stake_fen": Loan.amount_fen,
        "source": literal("own"), "loan_id": literal(None), "land_mu_hundredths": literal(0),
        "persons": literal(1), "from_on": literal(_YEAR_BEFORE),
    }  # fmt: skip
    session.execute(
        insert(AgreementHousehold).from_select(
            list(columns), select(*columns.values()).where(Loan.household_id.is_not(None))
        )
    )


def _enterprise(session: Session, house: House) -> int:
    first = "91431022MA4L2RT06"
    return organisations.register(
        session,
        credit_code=first + credit_check_character(first),
        name="莽山茶业",
        kind="enterprise",
        region_code=portfolio.COUNTY,
        regions=house.regions,
        on=portfolio.QUIET,
        by=_OFFICE,
    )


def _add(session: Session, entity: type[Any], **values: object) -> None:
    session.add(entity(**values))
    session.flush()


def rows_written(engine: Engine) -> int:
    """How many rows a dividend added; a portfolio at rest had none but its postings."""
    with engine.begin() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(_of(name).subquery())).scalar_one()
            for name in _WRITTEN
        ]
    return sum(counts)


def _of(name: str) -> Any:
    """The rows of a table that the two steps wrote."""
    table = Base.metadata.tables[name]
    if name != "postings":
        return table.select()
    entries = Base.metadata.tables["entries"]
    mine = select(entries.c.id).where(entries.c.source_kind == funding.APPROVAL_SOURCE)
    return table.select().where(table.c.entry_id.in_(mine))


def naked(engine: Engine) -> float:
    """Seconds for the same rows into tables with a primary key alone."""
    metadata = MetaData()
    copies = {name: bare(Base.metadata.tables[name], metadata) for name in _WRITTEN}
    metadata.create_all(engine)
    began = perf_counter()
    with engine.begin() as connection:
        for name, copy in copies.items():
            connection.execute(insert(copy).from_select(list(copy.c), _of(name)))
    return perf_counter() - began
