"""Who works in the demo county: a bank that does not exist, and one person for each desk.

The bank's three departments share the townships among them, and each has an officer, a checker and
a director, so that two persons can be asked for wherever four eyes are; the poverty office and the
finance bureau have two people each. All accounts share one password, which is printed; they exist
in demo books alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.wiring import House
from demo.county import County
from kernel.actor import Actor, system_actor
from kernel.identity import credit_check_character
from kernel.regions import TOWNSHIP, scope_digits
from office import people
from office.models import UserAccount
from organisations import queries
from organisations.operations import register

PASSWORD = "fupin-demo-2017"  # noqa: S105  (printed for everyone, in demo books alone)


@dataclass(frozen=True, slots=True)
class Lender:
    """A department of the demo's bank and the accounts of its staff."""

    code: str
    #: the bank's name
    name: str
    department: str
    #: digits of the townships it lends in
    townships: tuple[str, ...]
    organisation_id: int = 0

    @property
    def officer(self) -> str:
        """Login of the loan officer."""
        return f"xindai-{self.code}"

    @property
    def checker(self) -> str:
        """Login of the checker."""
        return f"fuhe-{self.code}"

    @property
    def director(self) -> str:
        """Login of the director."""
        return f"zhuren-{self.code}"


#: login, name, role
OFFICES = (
    ("guanli", "关丽（演示）", "administrator"),
    ("jiandang", "简当（演示）", "registrar"),
    ("fupinban", "符平（演示）", "poverty_office"),
    ("fupinban2", "符安（演示）", "poverty_office"),
    ("caizheng", "蔡政（演示）", "finance"),
    ("caizheng2", "蔡核（演示）", "finance"),
    ("shenji", "沈计（演示）", "auditor"),
)
#: who works in a village that lives: its clerk, its township's, its fund's keeper and chair
VILLAGE = (
    ("cunwen", "村文书（演示）", "registrar"),
    ("xiangzhen", "乡镇扶贫专干（演示）", "registrar"),
    ("huzhu", "互助社会计（演示）", "loan_officer"),
    ("lishizhang", "互助社理事长（演示）", "director"),
)
#: the bank of every demo
BANK_NAME = "示范农村商业银行"
_DEPARTMENTS = ("业务一部", "业务二部", "业务三部")
_STAFF = (
    ("officer", "信贷员（演示）", "loan_officer"),
    ("checker", "复核员（演示）", "checker"),
    ("director", "主任（演示）", "director"),
)


def lenders(house: House, county: County) -> list[Lender]:
    """The bank's departments, each with its share of the county's townships."""
    townships = house.regions.inside(county.region, TOWNSHIP)[: county.townships or None]
    digits = [scope_digits(township.code) for township in townships]
    count = min(len(_DEPARTMENTS), len(digits))
    return [
        Lender(chr(ord("a") + nth), BANK_NAME, _DEPARTMENTS[nth], tuple(digits[nth::count]))
        for nth in range(count)
    ]


def hire(house: House, county: County, found: list[Lender]) -> list[Lender]:
    """Register the bank and open everybody's account; the departments with its number."""
    scope = scope_digits(county.region)
    open_offices(house, county.region)
    with house.books.write("organisations.register", by=actor(house, "fupinban")) as session:
        number = register(
            session,
            credit_code=_credit_code(scope),
            name=BANK_NAME,
            kind="lender",
            region_code=county.region,
            regions=house.regions,
            on=county.opens_on,
            by=actor(house, "fupinban", session),
        )
    registered = [replace(lender, organisation_id=number) for lender in found]
    with house.books.write("office.manage_users", by=system_actor(scope)) as session:
        for lender in registered:
            for desk, name, role in _STAFF:
                open_account(
                    session, getattr(lender, desk), _title(lender, name), role, scope, number
                )
    return registered


def open_offices(house: House, region: str) -> None:
    """Accounts for the offices of a region."""
    scope = scope_digits(region)
    with house.books.write("office.manage_users", by=system_actor(scope)) as session:
        for login, name, role in OFFICES:
            open_account(session, login, name, role, scope)


def actor(house: House, login: str, session: Session | None = None) -> Actor:
    """The person behind an account, as the pages would find them."""
    if session is None:
        with house.books.read() as reading:
            return actor(house, login, reading)
    account = session.scalars(select(UserAccount).where(UserAccount.login == login)).one()
    seen = None
    if account.institution_id is not None:
        seen = queries.subtree_ids(session, account.institution_id)
    return people.actor_of(session, account, seen)


def accounts(found: list[Lender], *, villages: bool = False) -> list[tuple[str, str]]:
    """Login and desk of everybody, for the last lines of the demo.

    ``villages``: and of the villages that live.
    """
    desks = [(login, name) for login, name, _role in (*OFFICES, *(VILLAGE if villages else ()))]
    for lender in found:
        desks += [(getattr(lender, desk), _title(lender, name)) for desk, name, _ in _STAFF]
    return desks


def _title(lender: Lender, name: str) -> str:
    return f"{lender.name}{lender.department}{name}"


def open_account(
    session: Session, login: str, name: str, role: str, scope: str, institution: int | None = None
) -> None:
    """An account with the password of all, for a person of its own."""
    people.add_account(
        session,
        person_id=people.add_person(session, name=name),
        login=login,
        password=PASSWORD,
        roles=[role],
        region_scope=scope,
        institution_id=institution,
    )


def _credit_code(scope: str) -> str:
    """A well-formed code in a county part that was never given: no legal person bears it."""
    first = f"91431099MA{scope[-3:]}0000"
    return first + credit_check_character(first)
