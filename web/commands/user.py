"""``fupin user``: the people who may log in. The password comes from a prompt or from stdin."""

from __future__ import annotations

import json
import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from config.wiring import House
from kernel.actor import Actor, system_actor
from kernel.identity import parse_identity
from kernel.refusals import NotFound
from kernel.regions import check_scope, scope_digits, within
from office import people
from office.models import Person, UserAccount
from office.refusals import RoleUnknown
from office.rights import ROLES
from organisations.models import Organisation

COMMAND = "office.manage_users"
#: the system is nobody's role
_FOR_PEOPLE = tuple(role for role in ROLES if role != "system")


@click.group("user")
def user() -> None:
    """账号管理。People who may log in."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名 · name as on the identity card")
@click.option(
    "--role", "roles", multiple=True, required=True, help=f"岗位，可多个 · {', '.join(_FOR_PEOPLE)}"
)
@click.option("--region", metavar="CODE", help="所见地区，默认全账套 · region seen")
@click.option(
    "--institution", metavar="CODE", help="所属机构的信用代码 · credit code of the lender"
)
@click.option(
    "--identity-number", metavar="NUMBER", help="身份证号，只存盲索引 · kept as index alone"
)
@click.option("--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there")
@click.pass_obj
def add(
    house: House,
    *,
    login: str,
    name: str,
    roles: tuple[str, ...],
    region: str | None,
    institution: str | None,
    identity_number: str | None,
    password_stdin: bool,
) -> None:
    """增加账号；同一身份证号是同一人。Add an account; one identity number is one person."""
    # Before the prompt: a wrong role should not cost a password typed twice.
    _check_roles(roles)
    index = _identity_index(house, identity_number)
    password = _password(from_stdin=password_stdin)
    with house.books.write(COMMAND, by=_system(house)) as session:
        person_id = people.add_person(session, name=name, identity_index=index)
        people.add_account(
            session,
            person_id=person_id,
            login=login,
            password=password,
            roles=roles,
            region_scope=_scope(session, house, region),
            institution_id=_institution(session, institution),
        )
    click.echo(f"账号{login}已建立：{name}，{'、'.join(ROLES[role][0] for role in roles)}")


@user.command("disable")
@click.argument("login")
@click.pass_obj
def disable(house: House, *, login: str) -> None:
    """停用账号，其会话随即结束。Disable an account and end its sessions."""
    with house.books.write(COMMAND, by=_system(house)) as session:
        people.change_account(session, login=login, active=False)
    click.echo(f"账号{login}已停用")


@user.command("password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="从标准输入读口令 · read the password there")
@click.pass_obj
def password(house: House, *, login: str, password_stdin: bool) -> None:
    """更换口令，其会话随即结束。Set a new password and end the account's sessions."""
    new = _password(from_stdin=password_stdin)
    with house.books.write(COMMAND, by=_system(house)) as session:
        people.change_account(session, login=login, password=new)
    click.echo(f"账号{login}的口令已更换")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.pass_obj
def list_(house: House, *, as_json: bool) -> None:
    """列出账号。List the accounts."""
    with house.books.read() as session:
        rows = _accounts(session)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        state = "" if row["active"] else "（已停用）"
        roles = "、".join(ROLES[role][0] for role in str(row["roles"]).split(","))
        click.echo(f"{row['login']}  {row['name']}  {roles}  {row['region_scope']}{state}")


def _accounts(session: Session) -> list[dict[str, object]]:
    found = session.execute(
        select(UserAccount, Person.name)
        .join(Person, Person.id == UserAccount.person_id)
        .order_by(UserAccount.login)
    )
    return [
        {
            "login": account.login,
            "name": name,
            "roles": account.roles,
            "region_scope": account.region_scope,
            "institution_id": account.institution_id,
            "active": account.active,
        }
        for account, name in found
    ]


def _check_roles(roles: tuple[str, ...]) -> None:
    for role in roles:
        if role not in ROLES or role == "system":
            raise RoleUnknown(field="roles", role=role)


def _scope(session: Session, house: House, region: str | None) -> str:
    """The digits seen: the whole of these books, or a region inside it."""
    whole = scope_digits(ledger.books(session).region_code)
    if region is None:
        return whole
    seen = check_scope(scope_digits(house.regions.get(region).code))
    if not within(region, whole):
        raise NotFound(field="region", what=f"本账套内的地区{region}")
    return seen


def _institution(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    found = session.scalar(select(Organisation.id).where(Organisation.credit_code == code))
    if found is None:
        raise NotFound(field="institution", what=f"机构{code}")
    return found


def _identity_index(house: House, number: str | None) -> bytes | None:
    if number is None:
        return None
    identity = parse_identity(number, field="identity_number")
    return house.keyring.blind_index(identity.number, kind="identity")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    entered: str = click.prompt("口令 · password", hide_input=True, confirmation_prompt=True)
    return entered


def _system(house: House) -> Actor:
    with house.books.read() as session:
        return system_actor(scope_digits(ledger.books(session).region_code))
