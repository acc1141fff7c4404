"""A stress in words and as data: assumptions first, then what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kernel.money import format_yuan, round_half_up
from risk_fund.stress.asking import Stressed
from risk_fund.stress.chain import PPM
from risk_fund.stress.history import MATURITY, PRIOR, ROWS
from risk_fund.stress.outcome import Amounts, Multiple, Standing

ROW_TITLES: Final = {
    "1": "正常", "2": "关注", "3": "次级", "4": "可疑", "5": "损失", MATURITY: "正常（到期当月）",
}  # fmt: skip
COLUMNS: Final = ("还清", "正常", "关注", "次级", "可疑", "损失")
#: what the method leaves out, said beside every answer
LIMITS: Final = (
    "不含新发放贷款和新增出资；余额到期前不减少；只算本金，不算利息",
    "分类按月迁徙，与在某一分类停留的时间无关；转为次级当月即申请代偿并付清",
    "收回的按全额收回；期末仍未收回的全部计入损失",
    "“关注”及以下贷款的年景影响只加重恶化，不减少收回",
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
                    "factor": _hundredths(year.factor_percent),
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


def lines(told: Stressed, names: Mapping[int, str]) -> Iterator[str]:
    """What a person reads; ``names`` of the lenders."""
    outcome, assumptions = told.outcome, told.outcome.assumptions
    yield f"风险补偿金压力测试  {told.on}  金额单位：元"
    yield f"随机种子{assumptions.seed}，模拟{assumptions.runs}次，{outcome.months}个月"
    yield ""
    yield from _assumed(told)
    yield ""
    yield f"{'':14}{'期望':>18}{'95%最坏':>18}{'99%最坏':>18}"
    yield _line("本金损失合计", outcome.lost)
    yield _line("补偿金承担", outcome.fund_lost)
    for one in (outcome.whole, *outcome.accounts):
        yield ""
        yield from _told(one, "全部专户" if one.lender_id is None else names[one.lender_id])
    yield ""
    yield from (f"说明：{limit}。" for limit in LIMITS)


def _assumed(told: Stressed) -> Iterator[str]:
    seen = told.history
    since = f"{seen.first}至{seen.last}各月末" if seen.first else "无（全部用先验值）"
    yield f"迁徙历史：{since}；先验值每行折合{PRIOR.loan_months}个贷款月"
    yield f"{'每月迁徙':14}{'观察到的贷款月':>10}  " + "".join(f"{one:>8}" for one in COLUMNS)
    for row in ROWS:
        shares = "".join(f"{_percent(ppm):>10}" for ppm in chances(told, row))
        yield f"{ROW_TITLES[row]:14}{seen.seen(row):>12}  {shares}"
    years = "；".join(
        f"{year.zh}{_percent(year.chance_bp * 100)}、恶化×{_hundredths(year.factor_percent)}"
        for year in told.outcome.assumptions.years
    )
    yield f"年景（默认值）：{years}"


def _told(one: Standing, name: str) -> Iterator[str]:
    covered, fund_part = format_yuan(one.covered_fen), format_yuan(one.fund_part_fen)
    yield f"【{name}】贷款{one.loans}笔，余额{format_yuan(one.outstanding_fen)}"
    yield f"  在保{covered}，其中补偿金份额{fund_part}"
    yield f"  可用补偿金（余额减已冻结）{format_yuan(one.available_fen)}"
    yield _line("  须先垫付最高", one.needed)
    for of_hundred in (95, 99):
        months = one.months_in(of_hundred)
        lasts = "全程够用" if months is None else f"够用{months}个月"
        yield f"  {of_hundred}%的情形下{lasts}"
    for multiple in one.multiples:
        yield f"  {_multiple_line(multiple)}"


def _multiple_line(one: Multiple) -> str:
    short = f"，缺{format_yuan(one.short_fen)}" if one.short_fen else ""
    needed, lasts = format_yuan(one.needed_fen), _percent(one.lasts_ppm)
    return f"放大{one.times}倍须有{needed}{short}；有此数时够用的情形占{lasts}"


def _line(title: str, amounts: Amounts) -> str:
    columns = (amounts.expected_fen, amounts.worst95_fen, amounts.worst99_fen)
    return f"{title:14}" + "".join(f"{format_yuan(fen):>20}" for fen in columns)


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


def _percent(ppm: int) -> str:
    hundredths = round_half_up(ppm, 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _hundredths(number: int) -> str:
    return f"{number // 100}.{number % 100:02d}"
