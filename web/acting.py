"""Who acts at the command line: an account with its password, as on the pages."""

from __future__ import annotations

import sys

import click

import organisations
from config.wiring import House
from kernel.actor import Actor, system_actor
from office import people
from office.refusals import LoginFailed


def log_in(house: House, login: str, *, from_stdin: bool) -> Actor:
    """The actor behind an account; a wrong password is counted before it is refused."""
    password = _password(from_stdin=from_stdin)
    with house.books.write("office.log_in", by=system_actor("")) as session:
        account = people.check_password(session, login=login, password=password, now=house.clock())
        if account is not None:
            seen = (
                organisations.subtree_ids(session, account.institution_id)
                if account.institution_id is not None
                else None
            )
            return people.actor_of(session, account, seen)
    raise LoginFailed(field="as")


def own_institution(by: Actor) -> int | None:
    """The institution somebody acts for: the top of what they see of lenders, if that is one."""
    return min(by.institution_ids) if by.institution_ids else None


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    entered: str = click.prompt("口令 · password", hide_input=True)
    return entered
