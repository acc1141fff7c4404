"""A small demo through the command, on both databases: made, asked, verified, made again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

import ledger
import migrations
from config.settings import ROOT, Settings
from config.wiring import House
from credit.models import Rating
from demo import make as making
from demo import random_county
from demo.county import SMALL
from demo.make import Maker
from kernel.dates import ONE_DAY
from kernel.money import format_yuan
from loans.models import Disbursement, Loan, Settlement
from office.models import Decision, Proposal
from subsidies.models import Claim, ClaimPosition
from tests.demo import villages
from tests.migrations import lived_books
from web.cli import fupin

pytestmark = pytest.mark.slow


def house_at(url: str, folder: Path) -> House:
    return House(
        Settings(
            database_url=url,
            key_file=folder / "keys" / "fupin.json",
            keys=None,
            config_dir=ROOT / "config",
            reports_dir=folder / "reports",
            listen="127.0.0.1:0",
        )
    )


def run(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(fupin, arguments, obj=house)


def test_a_demo_is_made_through_the_front_doors(blank_database_url: str, tmp_path: Path) -> None:
    house = house_at(blank_database_url, tmp_path)
    try:
        made = run(house, "demo", SMALL.name)
        assert made.exit_code == 0, made.output
        answer = run(house, "indicators", "--json")
        got = json.loads(answer.output)
        assert got["on"] == "2015-03-31"
        assert got["households_registered"] == 120
        assert got["persons_registered"] == 448
        assert got["households_borrowing"] == got["loans_count"] == 40
        assert got["enterprises_linked"] == 3
        assert got["persons_linked"] == 185
        assert got["persons_paid"] == 50  # 6 × 3 + 8 × 4
        assert got["dividends_paid"] == "56000.00"  # 14 × 4 000
        assert got["persons_lifted"] == 60
        assert got["persons_removed_ever"] == got["persons_readmitted_ever"] == 12
        assert (got["villages_poor"], got["villages_exited"]) == (1, 1)
        assert got["loans_disbursed"] == "1560000.00"
        assert got["borrowing_rate"] == "0.3333"  # 40 / 120
        assert got["overdue_balance"] == "0.00"
        _check_doors(house)
        _check_command(house)
        _check_treasury(house, got)
        assert (got["mutual_loans_count"], got["mutual_outstanding"]) == (3, "7000.00")
        villages.check(house)
        assert run(house, "verify").exit_code == 0
        assert run(house, "demo", SMALL.name, "--if-missing").exit_code == 0
        assert run(house, "demo", SMALL.name).exit_code == 1
        assert run(house, "demo", "yizhang-2017", "--if-missing").exit_code == 1
    finally:
        house.engine.dispose()


def _check_command(house: House) -> None:
    """The table beside the object, and what the command refuses."""
    shown = run(house, "indicators").output
    assert "户贷率" in shown
    assert "33.33%" in shown
    assert "50.00%" in shown, "the target of the end of 2014"
    refused = (
        ("--on", "2015-04-01"),  # the open day
        ("--on", "2014-11-02"),  # before the books
        ("--on", "2015-02-30"),
        ("--region", "431022999000"),
        ("--region", "430000000000"),
    )
    for arguments in refused:
        answer = run(house, "indicators", "--json", *arguments)
        assert answer.exit_code == 1, arguments
        assert "{" not in answer.stdout


def _check_treasury(house: House, got: dict[str, object]) -> None:
    """Contributions of 200 000, all loans under cover; the fourth quarter claimed and paid, the
    first under public notice.
    """
    assert {
        "fund_balance": "200000.00",  # 120 000 + 80 000
        "leverage_cumulative": "7.80",  # 1 560 000 / 200 000
        "leverage_outstanding": "7.80",
        "headroom_cumulative": "440000.00",  # 10 × 200 000 − 1 560 000
        "headroom_outstanding": "440000.00",
        "subsidy_to_recover": "0.00",
    }.items() <= got.items()
    with house.books.read() as session:
        rows = session.execute(
            select(Settlement.to_on, func.sum(Settlement.treasury_fen)).group_by(Settlement.to_on)
        )
        borne = {row[0]: int(row[1]) for row in rows}
        stands = session.execute(
            select(Claim.period_to, Claim.total_fen, ClaimPosition.state)
            .join(ClaimPosition, ClaimPosition.claim_id == Claim.id)
            .order_by(Claim.id)
        ).all()
    first, second = date(2014, 12, 21), date(2015, 3, 21)
    assert [tuple(row) for row in stands] == [
        (first, borne[first], "receipted"),
        (second, borne[second], "noticed"),
    ]
    assert got["subsidy_paid"] == format_yuan(borne[first])
    assert got["subsidy_accrued"] == got["subsidy_claimed"]
    assert got["subsidy_claimed"] == format_yuan(borne[first] + borne[second])


def _check_doors(house: House) -> None:
    """Two persons at every decision, a voucher for every payment, interest settled."""
    with house.books.read() as session:
        books = ledger.books(session)
        assert (books.mode, books.demo) == ("held", SMALL.name)
        pairs = session.execute(
            select(Proposal.proposed_by, Decision.decided_by).join(
                Decision, Decision.proposal_id == Proposal.id
            )
        ).all()
        assert pairs
        assert all(proposed != decided for proposed, decided in pairs)
        # The bank's 40, and three of a village fund.
        assert session.scalar(select(func.count(Disbursement.id))) == 40 + 3
        assert session.scalar(select(func.count(Rating.id))) == 119
        assert session.scalar(select(func.count(Settlement.id)))
        # The treasury bears all but the fund's fee: 5 000.00 × 90 × 6 % ÷ 360.
        assert session.scalar(select(func.sum(Settlement.household_fen))) == 7_500
        ages = session.scalars(select(Loan.borrower_age_years)).all()
        assert all(age is not None and 18 <= age <= 65 for age in ages)


def test_an_unfinished_demo_is_made_anew(
    blank_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = house_at(blank_database_url, tmp_path)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(Maker, "register", _power_cut)
            assert isinstance(run(house, "demo", SMALL.name).exception, PowerCut)
        # Nothing but the beginning is looked at here: the rest was made above.
        monkeypatch.setattr(making.Maker, "work", lambda _self: None)
        again = run(house, "demo", SMALL.name, "--if-missing")
        assert again.exit_code == 0, again.output
        assert "starting anew" in again.output
    finally:
        house.engine.dispose()


def test_a_demo_of_an_earlier_version_is_brought_up(
    blank_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frozen county of the second revision lived for nine months, not for two years."""
    house = house_at(blank_database_url, tmp_path)
    try:
        lived_books.write(house.engine)
        lived = lived_books.TODAY - ONE_DAY - date(2020, 1, 2)
        monkeypatch.setattr(random_county, "YEARS", lived)
        assert run(house, "demo", "random:2", "--if-missing").exit_code == 0
        assert migrations.current(house.engine) == migrations.revisions()[-1]
    finally:
        house.engine.dispose()


def test_other_books_are_left_alone(blank_database_url: str, tmp_path: Path) -> None:
    house = house_at(blank_database_url, tmp_path)
    try:
        place = ("--region", "431022000000", "--first-day", "2016-01-01", "--held")
        assert run(house, "init", *place).exit_code == 0
        refused = run(house, "demo", SMALL.name, "--if-missing")
        assert refused.exit_code == 1
        assert "已有账套" in refused.output
    finally:
        house.engine.dispose()


class PowerCut(Exception):
    """Stands for anything that ends a process."""


def _power_cut(*_: object) -> None:
    raise PowerCut
