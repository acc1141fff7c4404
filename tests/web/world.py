"""Two villages of 宜章, brought in through the doors that people use: a file, sheets, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

import credit
import ledger
import loans
import organisations
from config.wiring import House
from households import Household, imports
from kernel.actor import Actor
from kernel.identity import check_character, credit_check_character
from kernel.unit_of_work import Books

COUNTY = "431022000000"
VILLAGE = "431022101201"
OTHER_VILLAGE = "431022102201"
OPEN_DAY = date(2017, 6, 1)

REGISTRAR = Actor(901, "registrar", frozenset({"registrar"}), "431022")
OFFICE = Actor(902, "office", frozenset({"poverty_office"}), "431022")

TITLES = (
    "户编号", "村代码", "姓名", "性别", "身份证号", "与户主关系", "劳动能力", "人均纯收入",
    "联系电话", "产业类型",
)  # fmt: skip


def identity(year: int, order: int) -> str:
    """An identity number of nobody: the county part 431099 was never given out."""
    first = f"431099{year}0301{order:03d}"
    return first + check_character(first)


@dataclass(frozen=True)
class Family:
    """A household of two: the head, and one more."""

    number: str
    village: str
    head: str
    place: int

    @property
    def head_identity(self) -> str:
        return identity(1970, 2 * self.place + 1)

    def rows(self) -> list[tuple[str, ...]]:
        """The file's rows of this household."""
        income = "2500.00"
        other = identity(1972, 2 * self.place)
        return [
            (self.number, self.village, self.head, "男", self.head_identity, "户主",
             "普通劳动力", income, "", "种植茶叶"),
            (self.number, self.village, "李秀英", "女", other, "配偶", "普通劳动力", "", "", ""),
        ]  # fmt: skip


FAMILIES = (
    Family("4310221002010001", VILLAGE, "王大山", 1),
    Family("4310221002010002", VILLAGE, "张小军", 2),
    Family("4310221002010003", VILLAGE, "刘长根", 3),
    Family("4310221012020001", OTHER_VILLAGE, "陈满堂", 4),
)


def write_csv(folder: Path, families: tuple[Family, ...] = FAMILIES) -> Path:
    """The register's file."""
    path = folder / "名册.csv"
    lines = [TITLES, *(row for family in families for row in family.rows())]
    path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8-sig")
    return path


def office_of(house: House) -> imports.Office:
    """What an import needs."""
    return imports.Office(house.books, house.regions, house.keyring, COUNTY)


def settle(house: House, folder: Path, families: tuple[Family, ...] = FAMILIES) -> dict[str, int]:
    """Bring the families in; household ids by number."""
    report = imports.import_file(
        office_of(house), write_csv(folder, families), on=OPEN_DAY, by=REGISTRAR
    )
    assert report.state == "applied", report.findings
    with house.books.read() as session:
        rows = session.execute(select(Household.number, Household.id))
        return {row.number: row.id for row in rows}


def found_lender(house: House, name: str = "宜章示范农村商业银行", serial: str = "001") -> int:
    """A lender; its id."""
    first = f"91431022MA4L{serial.rjust(5, '0')}"
    with house.books.write("organisations.register", by=OFFICE) as session:
        return organisations.register(
            session,
            credit_code=credit_code(first),
            name=name,
            kind="lender",
            region_code=COUNTY,
            regions=house.regions,
            on=ledger.open_day(session),
            by=OFFICE,
        )


def found_company(house: House, name: str = "宜章示范茶业公司") -> str:
    """An enterprise; its credit code."""
    code = credit_code("91431022MA4Q00001")
    with house.books.write("organisations.register", by=OFFICE) as session:
        organisations.register(
            session,
            credit_code=code,
            name=name,
            kind="enterprise",
            region_code=COUNTY,
            regions=house.regions,
            on=ledger.open_day(session),
            by=OFFICE,
        )
    return code


def credit_code(first17: str) -> str:
    """A credit code of nobody."""
    return first17 + credit_check_character(first17)


def turn_day(books: Books, by: Actor) -> date:
    """Close the open day without work; the next one, now open."""
    with books.write("jobs.close_day", by=by) as session:
        day = ledger.open_day(session)
        ledger.begin_close(session, day)
    with books.write("jobs.close_day", by=by) as session:
        ledger.finish_close(session, day)
        return ledger.open_day(session)


# --- lending ------------------------------------------------------------------------------------

#: answers worth 100 points: a line of 50 000
BEST = {
    "reputation": "优秀",
    "performance": "正常",
    "labourers": "3",
    "income_per_head": "4000.00",
}


@dataclass(frozen=True)
class Lent:
    """A loan that was paid out, with what led to it."""

    household_id: int
    lender_id: int
    sheet_id: int
    number: str
    slip_number: str


def desk(number: int, role: str) -> Actor:
    """Somebody at a desk of the county, of every lender."""
    return Actor(number, f"{role}{number}", frozenset({role}), "431022")


OFFICER, CHECKER, DIRECTOR = desk(911, "loan_officer"), desk(912, "checker"), desk(913, "director")


def rate(house: House, village: str, ids: list[int]) -> int:
    """Propose the best rating for some households of a village; the proposal."""
    with house.books.write("credit.propose", by=OFFICER) as session:
        return credit.propose(
            session,
            scheme=credit.load_schemes(house.settings.config_dir / "ratings")["hunan-433"],
            village_code=village,
            entries=[credit.Entry(household_id, BEST) for household_id in ids],
            on=ledger.open_day(session),
            by=OFFICER,
        ).proposal_id


def confirm(house: House, proposal_id: int) -> None:
    """Confirm a rating."""
    with house.books.write("credit.confirm", by=CHECKER) as session:
        credit.decide(
            session,
            proposal_id=proposal_id,
            approved=True,
            validity_months=36,
            on=ledger.open_day(session),
            by=CHECKER,
        )


def ask(
    house: House, family: Family, lender_id: int, months: int = 36, purpose: str = "种茶"
) -> int:
    """Hand in an application for 50 000.00; the sheet."""
    rate_ppm = 47_500 if months > 12 else 43_500
    asked = loans.Asked(family.number, 5_000_000, months, rate_ppm, purpose)
    with house.books.write("loans.apply", by=OFFICER) as session:
        return loans.apply_sheet(
            session,
            lender_id=lender_id,
            rows=[asked],
            rulebook=house.rulebook,
            keyring=house.keyring,
            on=ledger.open_day(session),
            by=OFFICER,
        )


def approve(house: House, sheet_id: int) -> None:
    """Approve a sheet."""
    with house.books.write("loans.approve", by=DIRECTOR) as session:
        on = ledger.open_day(session)
        loans.decide_sheet(session, sheet_id=sheet_id, approved=True, on=on, by=DIRECTOR)


def sign(house: House, sheet_id: int) -> str:
    """Sign it; the contract's number."""
    with house.books.write("loans.sign", by=OFFICER) as session:
        on = ledger.open_day(session)
        (number,) = loans.sign_sheet(
            session, sheet_id=sheet_id, rulebook=house.rulebook, on=on, by=OFFICER
        )
        return number


def pay_out(house: House, number: str, fen: int = 5_000_000) -> str:
    """Pay out; the slip's number."""
    draw = loans.Draw(number, fen, "counter", f"FK{number}")
    with house.books.write("loans.disburse", by=OFFICER) as session:
        on = ledger.open_day(session)
        return loans.disburse_many(
            session,
            draws=[draw],
            rulebook=house.rulebook,
            calendar=house.calendar,
            on=on,
            by=OFFICER,
        )[0][0]


def lend(
    house: House,
    family: Family,
    household_id: int,
    lender_id: int,
    months: int = 36,
    purpose: str = "种茶",
) -> Lent:
    """From the rating to the money."""
    confirm(house, rate(house, family.village, [household_id]))
    sheet_id = ask(house, family, lender_id, months, purpose)
    approve(house, sheet_id)
    number = sign(house, sheet_id)
    return Lent(household_id, lender_id, sheet_id, number, pay_out(house, number))
