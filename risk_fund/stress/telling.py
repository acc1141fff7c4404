"""A stress as data: assumptions first, then what came of them. The words that every edge shares."""

from __future__ import annotations

from typing import Any, Final

from kernel.money import format_yuan
from risk_fund.stress.asking import Stressed
from risk_fund.stress.chain import PPM
from risk_fund.stress.history import MATURITY, PRIOR, ROWS
from risk_fund.stress.outcome import Amounts, Standing

ROW_TITLES: Final = {
    "1": "正常", "2": "关注", "3": "次级", "4": "可疑", "5": "损失", MATURITY: "正常（到期当月）",
}  # fmt: skip
#: what the columns of the matrix are called
COLUMNS: Final = ("还清", "正常", "关注", "次级", "可疑", "损失")
#: what the method leaves out, said beside every answer
LIMITS: Final = (
    "不含新发放贷款和新增出资；余额到期前不减少；只算本金，不算利息",
    "分类按月迁徙，与在某一分类停留的时间无关；转为次级当月即申请代偿并付清",
    "收回的按全额收回；期末仍未收回的全部计入损失",
    "年景只加重恶化，不减少代偿后的收回；历史按平常年景看待",
)


def as_data(told: Stressed) -> dict[str, Any]:
    """For JSON: amounts in yuan, chances with six decimals."""
    outcome, assumptions = told.outcome, told.outcome.assumptions
    return {
        "on": told.on.isoformat(),
        "assumptions": {
            "seed": assumptions.seed,
            "runs": assumptions.runs,
            "months": outcome.months,
            "workout_months": assumptions.workout_months,
            "history_from": told.history.first.isoformat() if told.history.first else None,
            "history_to": told.history.last.isoformat() if told.history.last else None,
            "prior_loan_months": PRIOR.loan_months,
            "monthly": [_row_data(told, row) for row in ROWS],
            "years": [
                {
                    "kind": year.en,
                    "chance": _share(year.chance_bp * 100),
                    "factor": hundredths(year.factor_percent),
                }
                for year in assumptions.years
            ],
            "limits": list(LIMITS),
        },
        "loss": _amounts(outcome.lost),
        "fund_loss": _amounts(outcome.fund_lost),
        "whole": _standing(outcome.whole),
        "accounts": [_standing(one) for one in outcome.accounts],
    }


def chances(told: Stressed, row: str) -> tuple[int, ...]:
    """The row of the matrix that was used, parts per million."""
    matrix = told.outcome.assumptions.matrix
    return matrix.maturity if row == MATURITY else matrix.rows[int(row) - 1]


def _row_data(told: Stressed, row: str) -> dict[str, object]:
    return {
        "from": row,
        "seen": told.history.seen(row),
        "to": [_share(ppm) for ppm in chances(told, row)],
        "prior": [_share(ppm) for ppm in PRIOR.rows[row]],
    }


def _standing(one: Standing) -> dict[str, object]:
    return {
        "lender_id": one.lender_id,
        "loans": one.loans,
        "outstanding": format_yuan(one.outstanding_fen),
        "covered": format_yuan(one.covered_fen),
        "fund_part": format_yuan(one.fund_part_fen),
        "available": format_yuan(one.available_fen),
        "needed": _amounts(one.needed),
        "lasts_months_95": one.months_in(95),
        "lasts_months_99": one.months_in(99),
        "survival": [_share(ppm) for ppm in one.survival_ppm],
        "multiples": [
            {
                "multiple": multiple.times,
                "needed": format_yuan(multiple.needed_fen),
                "short": format_yuan(multiple.short_fen),
                "lasts": _share(multiple.lasts_ppm),
            }
            for multiple in one.multiples
        ],
    }


def _amounts(amounts: Amounts) -> dict[str, str]:
    return {
        "expected": format_yuan(amounts.expected_fen),
        "worst_95": format_yuan(amounts.worst95_fen),
        "worst_99": format_yuan(amounts.worst99_fen),
    }


def _share(ppm: int) -> str:
    return f"{ppm // PPM}.{ppm % PPM:06d}"


def hundredths(number: int) -> str:
    """250 is "2.50"."""
    return f"{number // 100}.{number % 100:02d}"
