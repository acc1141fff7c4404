"""The schema: every parameter a policy document may give, and what kind of rule it is.

Two kinds, never mixed. **Contract terms** are frozen on the signing day, together with the
household's kind, and go with the contract to its maturity. **Conduct rules** go by the day of the
event. Rules of village funds (**mutual**) are a section of their own (``policy.mutual``), of both
kinds. **Targets** are what a plan wants reached. Each value is ``Sourced``: it names its document
and clause, says whether it is a default that no source gives, and whether it is ``flat`` (refuses)
or ``in_principle`` (原则上: warns, may be passed by a second person with a reason).

The fields of the three dataclasses below are the schema: reading, ``fupin policy`` and freezing
walk them, so a new parameter is one line here and one value in ``config/policies``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Final, TypeVar, cast, get_type_hints

from policy.bands import BAND_ROWS, RateBand
from policy.conduct import ConductRules
from policy.mutual import MutualRules
from policy.sharing import FUND_ROWS, LOSS_ROWS, Sharing
from policy.sourced import Force, Line, Sourced, line
from policy.units import DAYS, MONTHS, TIMES, YEARS
from policy.values import (
    BEARER_ROWS,
    DAY,
    DAY_COUNTS,
    HOUSEHOLD_KINDS,
    MONEY,
    PARTS,
    PURPOSES,
    RATE,
    RATIO,
    REFERENCES,
    SHARE,
    TRUTH,
    Bearer,
    counted,
    one_of,
    several_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTerms:
    """What is frozen into a contract on its signing day."""

    household_kinds: Annotated[
        Sourced[tuple[str, ...]],
        line(several_of(HOUSEHOLD_KINDS), "借款对象", "household kinds served"),
    ]
    age_min_years: Annotated[Sourced[int], line(YEARS, "借款人最低年龄（含）", "youngest age")]
    age_max_years: Annotated[Sourced[int], line(YEARS, "借款人最高年龄（含）", "oldest age")]
    rating_required: Annotated[Sourced[bool], line(TRUTH, "须先评级授信", "a rating is needed")]
    amount_max_fen: Annotated[
        Sourced[int], line(MONEY, "单笔限额", "largest amount of one contract")
    ]
    household_total_max_fen: Annotated[
        Sourced[int], line(MONEY, "单户余额合计上限", "largest total of one household")
    ]
    term_max_months: Annotated[Sourced[int], line(MONTHS, "最长期限", "longest term")]
    collateral_forbidden: Annotated[
        Sourced[bool], line(TRUTH, "不得要求抵押", "no collateral may be asked")
    ]
    guarantee_forbidden: Annotated[
        Sourced[bool], line(TRUTH, "不得要求担保", "no guarantee may be asked")
    ]
    purposes_banned: Annotated[
        Sourced[tuple[str, ...]], line(several_of(PURPOSES), "禁止用途", "banned purposes")
    ]
    rate_reference: Annotated[
        Sourced[str], line(one_of(REFERENCES), "利率上限参照", "reference of the cap")
    ]
    rate_bands: Annotated[
        Sourced[tuple[RateBand, ...]], line(BAND_ROWS, "利率期限档", "tenor by term")
    ]
    rate_fixed_for_term: Annotated[
        Sourced[bool], line(TRUTH, "合同期内利率不变", "rate fixed for the term")
    ]
    interest_bearers: Annotated[
        Sourced[tuple[Bearer, ...]],
        line(BEARER_ROWS, "利息承担", "who bears interest besides the household"),
    ]
    fixed_subsidy_rate_ppm: Annotated[
        Sourced[int],
        line(RATE, "固定贴息率（年）", "subsidy at a fixed yearly rate instead of a share"),
    ]
    subsidy_months_max: Annotated[
        Sourced[int], line(MONTHS, "贴息最长期限", "longest subsidised time")
    ]
    subsidy_in_extension: Annotated[
        Sourced[bool] | None,
        line(TRUTH, "展期（延期）内继续贴息", "subsidy goes on in an extension", optional=True),
    ]
    subsidy_when_overdue: Annotated[
        Sourced[bool], line(TRUTH, "逾期后继续贴息", "subsidy while overdue")
    ]
    subsidy_when_misused: Annotated[
        Sourced[bool], line(TRUTH, "挪用后继续贴息", "subsidy while misused")
    ]
    subsidy_status_at_settlement: Annotated[
        Sourced[bool] | None,
        line(
            TRUTH,
            "结息时仍须符合条件",
            "the household is still served on the day of settlement",
            optional=True,
        ),
    ]
    overdue_surcharge_bp: Annotated[
        Sourced[int], line(SHARE, "逾期罚息加收", "surcharge when overdue")
    ]
    overdue_surcharge_min_bp: Annotated[
        Sourced[int], line(SHARE, "逾期加收下限", "its lower bound")
    ]
    overdue_surcharge_max_bp: Annotated[
        Sourced[int], line(SHARE, "逾期加收上限", "its upper bound")
    ]
    misuse_surcharge_bp: Annotated[
        Sourced[int], line(SHARE, "挤占挪用罚息加收", "surcharge when misused")
    ]
    misuse_surcharge_min_bp: Annotated[Sourced[int], line(SHARE, "挪用加收下限", "its lower bound")]
    misuse_surcharge_max_bp: Annotated[Sourced[int], line(SHARE, "挪用加收上限", "its upper bound")]
    compound_interest: Annotated[
        Sourced[bool], line(TRUTH, "欠息计收复利", "interest on unpaid interest")
    ]
    allocation_order: Annotated[
        Sourced[tuple[str, ...]],
        line(several_of(PARTS, joint="→"), "还款冲抵顺序", "order in which a payment is used"),
    ]
    principal_first_after_days: Annotated[
        Sourced[int] | None,
        line(DAYS, "逾期超过此天数先冲本金", "overdue longer, principal first", optional=True),
    ]
    day_count: Annotated[Sourced[str], line(one_of(DAY_COUNTS), "计息基础", "day count")]
    settle_on_day: Annotated[
        Sourced[int], line(counted("日"), "结息日", "settlement day of the month")
    ]
    settle_every_months: Annotated[Sourced[int], line(MONTHS, "结息周期", "settlement rhythm")]
    cover_parts: Annotated[
        Sourced[tuple[str, ...]],
        line(several_of(PARTS), "风险补偿范围", "what risk compensation covers"),
    ]
    cover_principal_max_fen: Annotated[
        Sourced[int], line(MONEY, "风险补偿本金上限", "principal of a household under cover")
    ]
    cover_fund_share_bp: Annotated[
        Sourced[int], line(SHARE, "风险补偿金分担比例", "the fund's share")
    ]
    loss_sharing: Annotated[
        Sourced[Sharing] | None,
        line(LOSS_ROWS, "损失分担", "who bears a loss", optional=True),
    ]
    fund_sharing: Annotated[
        Sourced[Sharing] | None,
        line(FUND_ROWS, "补偿金内部分担", "who bears the fund's part", optional=True),
    ]
    extensions_max: Annotated[Sourced[int], line(TIMES, "展期次数上限", "extensions allowed")]
    extension_short_max_bp: Annotated[
        Sourced[int],
        line(SHARE, "短期贷款展期累计上限（占原期限）", "extension of a loan up to 1 year"),
    ]
    extension_medium_max_bp: Annotated[
        Sourced[int],
        line(SHARE, "中期贷款展期累计上限（占原期限）", "extension of a loan of 1 to 5 years"),
    ]
    extension_by_vote: Annotated[
        Sourced[bool] | None,
        line(TRUTH, "展期须经社员表决", "an extension takes a members' vote", optional=True),
    ]
    renewals_max: Annotated[Sourced[int], line(TIMES, "续贷次数上限", "renewals allowed")]
    renewal_keeps_terms: Annotated[
        Sourced[bool], line(TRUTH, "续贷沿用原政策", "a renewal keeps the old terms")
    ]
    terms_kept_if_signed_by: Annotated[
        Sourced[date] | None,
        line(
            DAY,
            "此日（含）前签订的合同期内政策不变",
            "signed by this day, terms stay",
            optional=True,
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What a plan wants reached; None where no plan says anything."""

    rating_coverage_ppm: Annotated[
        Sourced[int] | None,
        line(RATIO, "评级授信覆盖面目标", "rating coverage wanted", optional=True),
    ]
    effective_credit_rate_ppm: Annotated[
        Sourced[int] | None,
        line(RATIO, "有效授信率目标", "effective credit rate wanted", optional=True),
    ]


Answer = ContractTerms | ConductRules | MutualRules | Targets
A = TypeVar("A", ContractTerms, ConductRules, MutualRules, Targets)

SECTIONS: Final[dict[str, type[Answer]]] = {
    "contract": ContractTerms,
    "conduct": ConductRules,
    "mutual": MutualRules,
    "targets": Targets,
}


def schema(answer: type[Answer]) -> dict[str, Line]:
    """The parameters of one kind of rule, by name, in the order of the schema."""
    hints = get_type_hints(answer, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


#: section → parameter → its line
SCHEMAS: Final = {section: schema(answer) for section, answer in SECTIONS.items()}
SECTION_OF: Final = {answer: section for section, answer in SECTIONS.items()}


def missing(answer: type[Answer], given: set[str]) -> list[str]:
    """Parameters that must have a value and have none."""
    lines = SCHEMAS[SECTION_OF[answer]]
    return [name for name, one in lines.items() if not one.optional and name not in given]


def build(answer: type[A], values: dict[str, Sourced[Any]]) -> A:
    """An answer from its values; what is optional and not given is None."""
    given: dict[str, Any] = {name: values.get(name) for name in SCHEMAS[SECTION_OF[answer]]}
    return answer(**given)


def values_of(answer: Answer) -> dict[str, Sourced[Any]]:
    """The values that an answer holds, by name, in the order of the schema."""
    held = {one.name: getattr(answer, one.name) for one in fields(answer)}
    return {name: value for name, value in held.items() if value is not None}


def freeze(answer: Answer) -> dict[str, dict[str, object]]:
    """The answer as plain JSON, to be written into a contract and read again by ``thaw``."""
    lines = SCHEMAS[SECTION_OF[type(answer)]]
    return {
        name: {
            "value": lines[name].kind.plain(sourced.value),
            "document": sourced.document,
            "cited_as": sourced.cited_as,
            "clause": sourced.clause,
            "default": sourced.default,
            "note": sourced.note,
            "force": sourced.force,
        }
        for name, sourced in values_of(answer).items()
    }


def thaw(answer: type[A], frozen: dict[str, dict[str, object]]) -> A:
    """An answer as it was frozen; a name that the schema no longer holds is an error."""
    lines = SCHEMAS[SECTION_OF[answer]]
    values = {
        name: Sourced(
            value=lines[name].kind.read(row["value"]),
            document=str(row["document"]),
            cited_as=str(row["cited_as"]),
            clause=str(row["clause"]),
            default=bool(row["default"]),
            note=str(row["note"]),
            force=cast("Force", row["force"]),
        )
        for name, row in frozen.items()
    }
    absent = missing(answer, set(values))
    if absent:
        raise ValueError(f"frozen terms lack {absent}")
    return build(answer, values)
