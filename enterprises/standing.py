"""The reads of enterprises as a whole: where each stands on a day, its chains, the frameworks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from enterprises.linked import links_on
from enterprises.models import (
    Agreement,
    CounterSecurity,
    CounterSecurityRelease,
    FrameworkAgreement,
    LinkageChain,
    LinkageChainEnd,
    Recognition,
)
from enterprises.pledging import pledged_on
from enterprises.recognising import LINKABLE, granted_on
from kernel.database import sum_of
from kernel.refusals import NotFound
from kernel.regions import in_scope
from loans.balances import is_principal
from loans.models import Loan, OpenSegment, Position
from organisations.models import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An enterprise on a day."""

    organisation_id: int
    name: str
    credit_code: str
    kind: str
    region_code: str
    #: recognised on the day
    recognised: bool
    #: households linked on the day, each once
    households: int
    persons: int
    #: their stakes, fen
    stake_fen: int
    #: agreements that link somebody on the day
    agreements: int
    #: what it has pledged to the fund, fen
    pledged_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPage:
    """A chain, read whole (4+1): fund, enterprise, loans, sales channel, households."""

    chain: LinkageChain
    ended_on: date | None
    organisation: Organisation
    #: the organisation that sells, where it is in the register
    channel: Organisation | None
    #: special accounts of the fund that the enterprise pledged to
    fund_account_ids: Sequence[int]
    pledged_fen: int
    #: loans that the enterprise uses and repays: how many, lent, still out
    loans: int
    lent_fen: int
    outstanding_fen: int
    households: int
    persons: int
    stake_fen: int


def standings(
    session: Session, on: date, *, region_digits: str | None = None, recognised_only: bool = False
) -> list[Standing]:
    """Every enterprise and co-operative on a day, those that link most households first."""
    links = links_on(on).subquery()
    linked = (
        select(
            links.c.organisation_id,
            func.count(links.c.household_id.distinct()).label("households"),
            func.count(links.c.agreement_id.distinct()).label("agreements"),
            sum_of(links.c.stake_fen).label("stake_fen"),
        )
        .group_by(links.c.organisation_id)
        .subquery()
    )
    persons = _persons(links)
    recognised = granted_on(on).with_only_columns(Recognition.organisation_id).distinct().subquery()
    pledged = _pledged(on)
    is_recognised = recognised.c.organisation_id.is_not(None)
    query = (
        select(
            Organisation.id.label("organisation_id"),
            Organisation.name,
            Organisation.credit_code,
            Organisation.kind,
            Organisation.region_code,
            is_recognised.label("recognised"),
            func.coalesce(linked.c.households, 0).label("households"),
            func.coalesce(persons.c.persons, 0).label("persons"),
            func.coalesce(linked.c.stake_fen, 0).label("stake_fen"),
            func.coalesce(linked.c.agreements, 0).label("agreements"),
            func.coalesce(pledged.c.value_fen, 0).label("pledged_fen"),
        )
        .outerjoin(recognised, recognised.c.organisation_id == Organisation.id)
        .outerjoin(linked, linked.c.organisation_id == Organisation.id)
        .outerjoin(persons, persons.c.organisation_id == Organisation.id)
        .outerjoin(pledged, pledged.c.organisation_id == Organisation.id)
        .where(
            or_(Organisation.kind.in_(sorted(LINKABLE)), is_recognised),
        )
        .order_by(func.coalesce(linked.c.households, 0).desc(), Organisation.id)
    )
    if region_digits is not None:
        query = query.where(in_scope(Organisation.region_code, region_digits))
    if recognised_only:
        query = query.where(is_recognised)
    return [Standing(**row._asdict()) for row in session.execute(query)]


def frameworks(session: Session) -> Sequence[FrameworkAgreement]:
    """Framework agreements, the latest first."""
    return session.scalars(
        select(FrameworkAgreement).order_by(FrameworkAgreement.signed_on.desc())
    ).all()


def chains(session: Session, organisation_id: int | None = None) -> Sequence[LinkageChain]:
    """Chains, of one enterprise where asked."""
    query = select(LinkageChain).order_by(LinkageChain.id)
    if organisation_id is not None:
        query = query.where(LinkageChain.organisation_id == organisation_id)
    return session.scalars(query).all()


def chain_page(session: Session, chain_id: int, on: date) -> ChainPage:
    """A chain with everything in it on a day."""
    chain = session.get(LinkageChain, chain_id)
    if chain is None:
        raise NotFound(field="chain_id", what="产业链条")
    ended = session.get(LinkageChainEnd, chain_id)
    organisation = session.get_one(Organisation, chain.organisation_id)
    pledges = pledged_on(session, organisation.id, on)
    lent = session.execute(_lent_to(organisation.id)).one()
    links = links_on(on).where(Agreement.organisation_id == organisation.id).subquery()
    per_household = (
        select(func.max(links.c.persons).label("persons"), sum_of(links.c.stake_fen).label("stake"))
        .group_by(links.c.household_id)
        .subquery()
    )
    held = session.execute(
        select(
            func.count(), sum_of(per_household.c.persons), sum_of(per_household.c.stake)
        ).select_from(per_household)
    ).one()
    return ChainPage(
        chain=chain,
        ended_on=None if ended is None else ended.ended_on,
        organisation=organisation,
        channel=session.get(Organisation, chain.channel_id) if chain.channel_id else None,
        fund_account_ids=sorted({one.fund_account_id for one in pledges}),
        pledged_fen=sum(one.value_fen for one in pledges),
        loans=lent[0],
        lent_fen=lent[1],
        outstanding_fen=lent[2],
        households=held[0],
        persons=held[1],
        stake_fen=held[2],
    )


def _persons(links: Any) -> Any:
    """People by organisation: a household of two agreements counts once."""
    once = (
        select(
            links.c.organisation_id,
            links.c.household_id,
            func.max(links.c.persons).label("persons"),
        )
        .group_by(links.c.organisation_id, links.c.household_id)
        .subquery()
    )
    return (
        select(once.c.organisation_id, sum_of(once.c.persons).label("persons"))
        .group_by(once.c.organisation_id)
        .subquery()
    )


def _pledged(on: date) -> Any:
    released = CounterSecurityRelease.released_on
    return (
        select(
            CounterSecurity.organisation_id, sum_of(CounterSecurity.value_fen).label("value_fen")
        )
        .outerjoin(CounterSecurityRelease, CounterSecurityRelease.security_id == CounterSecurity.id)
        .where(CounterSecurity.from_on <= on, or_(released.is_(None), released > on))
        .group_by(CounterSecurity.organisation_id)
        .subquery()
    )


def _lent_to(organisation_id: int) -> Select[Any]:
    """Loans that an organisation uses: how many were drawn, how much, how much is out now."""
    out = (
        select(sum_of(OpenSegment.principal_fen))
        .join(Loan, Loan.id == OpenSegment.loan_id)
        .where(Loan.organisation_id == organisation_id, is_principal())
        .scalar_subquery()
    )
    return (
        select(func.count(case((Position.drawn_fen > 0, 1))), sum_of(Position.drawn_fen), out)
        .join(Loan, Loan.id == Position.loan_id)
        .where(Loan.organisation_id == organisation_id)
    )
