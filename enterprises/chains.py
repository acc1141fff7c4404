"""Chains (产业链条): a product, who makes it with households, and how it is sold.

What Yizhang calls 4+1 is read together: the fund's accounts the enterprise pledged to, the
enterprise, the loans it uses, the channel that sells, the households linked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import ledger
import organisations
from enterprises.models import LinkageChain, LinkageChainEnd
from enterprises.recognising import LINKABLE
from enterprises.refusals import (
    ChainEnded,
    ChainIncomplete,
    ChainNameTaken,
    EnterpriseReasonMissing,
    OrganisationCannotLink,
)
from kernel.actor import Actor
from kernel.refusals import NotFound
from office import rights

COMMAND = "enterprises.chain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain as it is entered."""

    organisation_id: int
    name: str
    product: str
    sales_channel: str
    #: who sells, where that is an organisation of the register
    channel_id: int | None = None
    #: industry project behind it; empty where none
    project_number: str = ""
    from_on: date


def open_chain(session: Session, *, chain: Chain, on: date, by: Actor) -> int:
    """Enter a chain; its number."""
    rights.allow(by, COMMAND, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)
    one = organisations.open_on(session, chain.organisation_id, on)
    if one.kind not in LINKABLE:
        raise OrganisationCannotLink(field="organisation_id", name=one.name)
    name = chain.name.strip()
    if not (name and chain.product.strip() and chain.sales_channel.strip()):
        raise ChainIncomplete(field="name")
    taken = exists().where(LinkageChain.organisation_id == one.id, LinkageChain.name == name)
    if session.scalar(select(taken)):
        raise ChainNameTaken(field="name", name=one.name, chain=name)
    if chain.channel_id is not None:
        organisations.open_on(session, chain.channel_id, on)
    row = LinkageChain(
        organisation_id=one.id,
        name=name,
        product=chain.product.strip(),
        sales_channel=chain.sales_channel.strip(),
        channel_id=chain.channel_id,
        project_number=chain.project_number.strip(),
        from_on=chain.from_on,
        booked_on=on,
    )
    session.add(row)
    session.flush()
    return row.id


def end_chain(session: Session, *, chain_id: int, reason: str, on: date, by: Actor) -> None:
    """A chain is no more from today on."""
    rights.allow(by, COMMAND, region=ledger.books(session).region_code)
    ledger.require_bookable(session, on)
    chain = session.get(LinkageChain, chain_id)
    if chain is None:
        raise NotFound(field="chain_id", what="产业链条")
    if not reason.strip():
        raise EnterpriseReasonMissing(field="reason")
    if on < chain.from_on or session.get(LinkageChainEnd, chain_id) is not None:
        raise ChainEnded(field="chain_id", chain=chain.name)
    session.add(LinkageChainEnd(chain_id=chain_id, ended_on=on, reason=reason.strip()))
    session.flush()
