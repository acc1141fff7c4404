"""Value dates (起息日) on sheets, and what would be if at the terminal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

import loans
from config.wiring import House
from kernel.refusals import BadValue
from kernel.trail import TrailRow
from loans.cells import day
from loans.files import read_disbursements, read_repayments
from loans.models import Correction, Disbursement, Repayment
from tests.loans.test_files import PAID_TITLES, write
from tests.loans.test_loans_command import PASSWORD, house
from tests.loans.town import OFFICER, Town
from web.commands.loans import loans_

__all__ = ["house"]


@pytest.mark.parametrize(
    "text", ["2016-08-10", "2016/8/10", "2016.08.10", "2016年8月10日", "2016-08-10 00:00:00"]
)
def test_a_day_as_people_write_it(text: str) -> None:
    assert day(text, "起息日") == date(2016, 8, 10)


@pytest.mark.parametrize("text", ["10.8.2016", "2016-13-01", "2016-02-30", "昨天", "20160810"])
def test_what_is_no_day_is_a_fault_of_its_cell(text: str) -> None:
    with pytest.raises(BadValue):
        day(text, "起息日")


def test_sheets_carry_value_dates_and_may_leave_them_out(town: Town, tmp_path: Path) -> None:
    first, second = town.contracts(town.asked(1), town.asked(2))
    town.close_to(date(2016, 6, 29))
    titles = [*PAID_TITLES, "起息日（选填）"]
    rows = [
        [first, "50000.00", "柜面", "FK1", "2016/6/10"],
        [second, "50000.00", "柜面", "FK2", ""],
    ]
    draws = read_disbursements(write(tmp_path / "out.csv", titles, rows)).taken()
    with town.books.write("loans.disburse", by=OFFICER) as session:
        loans.disburse_many(session, draws=draws, calendar=town.calendar, on=town.today, by=OFFICER)
    rows = [[first, "1000.00", "柜面", "HK1", "2016-06-21"]]
    paid = read_repayments(write(tmp_path / "in.csv", titles, rows)).taken()
    with town.books.write("loans.repay", by=OFFICER) as session:
        loans.repay_many(
            session, payments_in=paid, calendar=town.calendar, on=town.today, by=OFFICER
        )
    with town.books.read() as session:
        days = session.execute(
            select(Disbursement.value_date, Disbursement.booking_date).order_by(Disbursement.id)
        ).all()
        assert [tuple(row) for row in days] == [
            (date(2016, 6, 10), date(2016, 6, 30)),
            (date(2016, 6, 30), date(2016, 6, 30)),
        ]
        assert session.scalars(select(Repayment.value_date)).all() == [date(2016, 6, 21)]
        assert session.scalar(select(func.count(Correction.id))) == 2


def test_what_if_at_the_terminal_writes_nothing(town: Town, house: House) -> None:
    number = town.lend(method="bullet", every_months=0, term_months=12, annual_rate_ppm=43_500)

    def asked(*words: str) -> tuple[int, str]:
        acting = ["--as", "clerk", "--password-stdin"]
        result = CliRunner().invoke(
            loans_, ["what-if", number, *words, *acting], obj=house, input=f"{PASSWORD}\n"
        )
        return result.exit_code, result.stdout

    def trails() -> int:
        with town.books.read() as session:
            quiet = TrailRow.command.not_in(("office.log_in", "office.manage_users"))
            return session.scalar(select(func.count(TrailRow.id)).where(quiet)) or 0

    before = trails()
    code, told = asked("--repay", "20000.00", "--on", "2016-11-30", "--json")
    assert code == 0
    assert json.loads(told)["saved"] == {"household": "0.00", "treasury": "439.83"}
    assert "财政少付439.83元" in asked("--repay", "20000.00", "--on", "2016-11-30")[1]
    assert "90天" in asked("--unpaid-until", "2017-08-29")[1]
    assert "适用2022-06-01的政策" in asked("--policy", "2022-06-01")[1]
    assert asked()[0] == 1
    assert asked("--repay", "1.00", "--on", "2016-05-29")[0] == 1
    assert trails() == before
