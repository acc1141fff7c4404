"""``fupin loans``: a clerk's files from the template to the money, each done once."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from sqlalchemy import select

from config.settings import Settings
from config.wiring import House
from kernel.trail import TrailRow
from loans.files import read_applications
from office import people
from tests.loans.test_files import ASKED_TITLES, PAID_TITLES
from tests.loans.town import Town
from web.cli import fupin
from web.commands.loans import loans_

PASSWORD = "correct horse battery"


@pytest.fixture
def house(town: Town, tmp_path: Path) -> House:
    """The town's books as the command line holds them, and a clerk with an account."""
    root = Path(__file__).resolve().parents[2]
    environment = {"FUPIN_REPORTS_DIR": str(tmp_path), "FUPIN_CONFIG_DIR": str(root / "config")}
    house = House(Settings.from_environment(environment), town.books.clock)
    # Already made: the engine, the keys and the books are the town's own.
    house.__dict__.update(engine=town.books.engine, keyring=town.keyring, books=town.books)
    with town.books.write("office.manage_users", by=town.system) as session:
        people.add_account(
            session,
            person_id=people.add_person(session, name="李信贷"),
            login="clerk",
            password=PASSWORD,
            roles=["loan_officer"],
            region_scope="431022",
            institution_id=town.lender_id,
            hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
        )
    return house


def write(path: Path, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([titles, *rows])
    return str(path)


def run(house: House, *words: str, password: str = PASSWORD) -> Result:
    acting = ["--as", "clerk", "--password-stdin", "--json"]
    return CliRunner().invoke(loans_, [*words, *acting], obj=house, input=f"{password}\n")


def answer(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, (result.output, result.exception)
    told: dict[str, object] = json.loads(result.stdout)
    return told


def applications(town: Town, path: Path, *, amount: str = "50000.00") -> str:
    numbers = list(town.households)[:2]
    rows = [
        [number, "", amount, "36", "4.75", "养殖", "", "按期付息到期还本", "", ""]
        for number in numbers
    ]
    return write(path, ASKED_TITLES, rows)


def test_from_the_application_to_the_repayment(house: House, town: Town, tmp_path: Path) -> None:
    sheet = applications(town, tmp_path / "申请.csv")
    lender = ("--lender", str(town.lender_id))
    told = answer(run(house, "apply", sheet, *lender))
    assert (told["done"], told["rows"], told["total"]) == (True, 2, "100000.00")
    # The same file again, at once, is the same sheet.
    again = answer(run(house, "apply", sheet, *lender))
    assert again["sheet_id"] == told["sheet_id"]
    assert isinstance(told["sheet_id"], int)
    town.approve(told["sheet_id"])
    contracts = town.sign(told["sheet_id"])
    rows = [[number, "50000.00", "柜面", f"FK{number}"] for number in contracts]
    paid = answer(run(house, "disburse", write(tmp_path / "放款.csv", PAID_TITLES, rows)))
    assert paid["slips"] == [{"number": f"{n}-01", "amount": "50000.00"} for n in contracts]
    rows = [[contracts[0], "100.00", "柜面", "HK1"]]
    back = answer(run(house, "repay", write(tmp_path / "还款.csv", PAID_TITLES, rows)))
    assert back["total"] == "100.00"
    digest = read_applications(Path(sheet)).sha256
    with house.books.read() as session:
        trail = {
            row.command: (row.account, row.reason)
            for row in session.scalars(select(TrailRow).where(TrailRow.account == "clerk"))
        }
    assert trail["loans.apply"] == ("clerk", f"申请.csv sha256:{digest}")
    assert {"loans.apply", "loans.disburse", "loans.repay"} <= trail.keys()


def test_a_preview_and_a_faulty_file_take_nothing_in(
    house: House, town: Town, tmp_path: Path
) -> None:
    sheet = applications(town, tmp_path / "a.csv")
    told = answer(run(house, "apply", sheet, "--lender", "1", "--preview"))
    assert (told["done"], told["faults"]) == (False, [])
    bad = write(tmp_path / "b.csv", PAID_TITLES, [["XD1", "1.005", "柜面", "1"]])
    result = run(house, "disburse", bad)
    assert result.exit_code == 1
    (fault,) = json.loads(result.stdout)["faults"]
    assert (fault["line"], fault["column"], fault["value"]) == (2, "金额（元）", "1.005")


def test_a_row_that_a_rule_refuses_is_told_by_its_line(
    house: House, town: Town, tmp_path: Path
) -> None:
    sheet = applications(town, tmp_path / "a.csv", amount="50000.01")
    result = run(house, "apply", sheet, "--lender", str(town.lender_id))
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["done"] is False
    assert {(f["line"], f["code"]) for f in told["faults"]} >= {
        (2, "amount_above_limit"),
        (3, "amount_above_limit"),
    }


@pytest.mark.parametrize(
    ("words", "password", "code"),
    [
        (("--lender", "1"), "wrong", "登录名或口令不正确"),
        (("--lender", "999"), PASSWORD, "没有找到机构999"),
        (("--lender", "91431022MA4L16HQ8X"), PASSWORD, "没有找到机构"),
    ],
)
def test_who_may_not(
    house: House, town: Town, tmp_path: Path, words: tuple[str, ...], password: str, code: str
) -> None:
    sheet = applications(town, tmp_path / "a.csv")
    typed = ["loans", "apply", sheet, *words, "--as", "clerk", "--password-stdin"]
    result = CliRunner().invoke(fupin, typed, obj=house, input=f"{password}\n")
    assert result.exit_code == 1
    assert code in result.output


@pytest.mark.parametrize("kind", ["applications", "disbursements", "repayments"])
def test_templates(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "t.xlsx"
    result = CliRunner().invoke(loans_, ["template", kind, str(target)], obj=object())
    assert result.exit_code == 0
    assert target.read_bytes().startswith(b"PK")


def test_for_people(house: House, town: Town, tmp_path: Path) -> None:
    sheet = applications(town, tmp_path / "a.csv")
    words = ["apply", sheet, "--as", "clerk", "--lender", str(town.lender_id)]
    result = CliRunner().invoke(loans_, words, obj=house, input=f"{PASSWORD}\n")
    assert result.exit_code == 0
    assert "2笔，合计100000.00元" in result.output
    assert "已办理2笔" in result.output
    assert PASSWORD not in result.output
