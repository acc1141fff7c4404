"""``fupin schedule``: the contract of the calculator at the command line."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner, Result

from tests.planted import Plant
from web.commands import schedule as command

BASE = {
    "--principal": "50000.00",
    "--rate": "4.75",
    "--method": "interest-only",
    "--from": "2016-05-30",
    "--to": "2019-05-30",
    "--every": "3-month",
    "--settle-on": "20",
    "--day-count": "act/360",
}


def run(*flags: str, **changes: str | None) -> Result:
    options = BASE | {f"--{name.strip('_').replace('_', '-')}": v for name, v in changes.items()}
    words = [
        word for option, value in options.items() if value is not None for word in (option, value)
    ]
    return CliRunner().invoke(command.schedule, [*words, *flags])


def test_the_rows_of_the_contract() -> None:
    result = run("--json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert [row["days"] for row in rows[:5]] == [22, 92, 91, 90, 92]
    assert [row["interest"] for row in rows[:5]] == [
        "145.14",
        "606.94",
        "600.35",
        "593.75",
        "606.94",
    ]
    # 145.14 + 5 × 606.94 + 3 × 600.35 + 3 × 593.75 + 461.81, the sum of rounded rows
    assert sum(Decimal(row["interest"]) for row in rows) == Decimal("7223.95")
    assert rows[0] == {
        "nr": 1,
        "due": "2016-06-21",
        "days": 22,
        "principal": "0.00",
        "interest": "145.14",
        "total": "145.14",
        "outstanding": "50000.00",
    }
    assert rows[-1]["total"] == "50461.81"  # 50 000.00 + 461.81
    assert rows[-1]["due"] == "2019-05-30"


def test_as_one_bullet_payment() -> None:
    (row,) = json.loads(run("--json", method="bullet").stdout)
    assert (row["interest"], row["total"], row["outstanding"]) == ("7223.96", "57223.96", "0.00")


def test_the_table_for_people() -> None:
    result = run()
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["期次", "到期日", "天数", "本金", "利息", "合计", "剩余本金"]
    assert lines[1].split() == ["1", "2016-06-21", "22", "0.00", "145.14", "145.14", "50000.00"]
    assert lines[-1].split() == ["合计", "1095", "50000.00", "7223.95", "57223.95"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"principal": "0.00"}, "principal"),
        ({"principal": "-1"}, "principal"),
        ({"principal": "50000.005"}, "principal"),
        ({"principal": "5e4"}, "principal"),
        ({"principal": "５００００"}, "principal"),
        ({"rate": "400"}, "rate"),
        ({"rate": "4.35001"}, "rate"),
        ({"rate": "-1"}, "rate"),
        ({"from_": "2016-02-30"}, "from"),
        ({"from_": "0016-05-30"}, "from"),
        ({"to": "2016-05-30"}, "to"),
        ({"to": "20190530"}, "to"),
        ({"grace": "13"}, "grace"),
    ],
)
def test_a_refusal_names_field_and_rule(changes: dict[str, str], field: str) -> None:
    result = run("--json", **changes)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"[{field}]" in result.stderr
    chinese, english = result.stderr.strip().splitlines()
    assert any("一" <= character <= "鿿" for character in chinese)
    assert english.isascii() or "５" in english


@pytest.mark.parametrize(
    "changes",
    [
        {"to": None},
        {"count": "12"},
        {"every": "2-month"},
        {"every": "3-week"},
        {"every": "3-months", "settle_on": None},
        {"every": "0-month", "settle_on": None},
        {"every": "3", "settle_on": None},
        {"settle_on": "32"},
        {"settle_on": "0"},
        {"method": "balloon"},
        {"day_count": "act/361"},
        {"rounding": "up"},
        {"grace": "-1"},
        {"to": None, "count": "0"},
        {"to": None, "count": "1.5"},
        {"principal": None},
        {"day_count": None},
    ],
)
def test_usage_errors(changes: dict[str, str | None]) -> None:
    result = run("--json", **changes)
    assert (result.exit_code, result.stdout) == (2, "")


def test_count_rounding_and_grace_reach_the_engine() -> None:
    rows = json.loads(
        run(
            "--json",
            principal="1.00",
            rate="6",
            to=None,
            count="3",
            every="1-month",
            settle_on=None,
            day_count="30/360",
            method="equal-principal",
            grace="1",
            rounding="half-even",
        ).stdout
    )
    # 100 fen × 6 % ÷ 12 = 0.5 fen, to the even 0; then 50 and 50
    assert [row["principal"] for row in rows] == ["0.00", "0.50", "0.50"]
    assert [row["interest"] for row in rows] == ["0.00", "0.00", "0.00"]


PLANTED = [
    Plant(test_the_rows_of_the_contract, "web.commands.schedule.plan", lambda _terms: ()),
    Plant(test_as_one_bullet_payment, "web.commands.schedule.format_yuan", str),
    Plant(
        test_a_refusal_names_field_and_rule,
        "web.commands.terminal.Refused.exit_code",
        2,
        {"changes": {"rate": "400"}, "field": "rate"},
    ),
    Plant(
        test_usage_errors,
        "web.commands.schedule.SETTLEMENT_MONTHS",
        (1, 2, 3, 6, 12),
        {"changes": {"every": "2-month"}},
    ),
]


@pytest.mark.parametrize("plant", PLANTED, ids=str)
def test_planted_bug_turns_red(plant: Plant) -> None:
    plant.prove()
