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
from policy.month_day import MONTH_DAY, RHYTHM_MONTHS, MonthDay
from policy.mutual import MutualRules
from policy.sharing import (
    FUND_ROWS,
    FUNDING_ROWS,
    FUSE_SCOPES,
    LOSS_ROWS,
    WHEN_FULL,
    Sharing,
)
from policy.sourced import Force, Line, Sourced, line
from policy.values import (
    BEARER_ROWS,
    DAY,
    DAY_COUNTS,
    GRADE_ROWS,
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
    GradeThreshold,
    counted,
    one_of,
    several_of,
)

MONTHS: Final = counted("个月")
DAYS: Final = counted("天")
WORKING_DAYS: Final = counted("个工作日")
YEARS: Final = counted("周岁")
FULL_YEARS: Final = counted("年")
TIMES: Final = counted("次")
MULTIPLE: Final = counted("倍")


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
class ConductRules:
    """What goes by the day of the event."""

    grading: Annotated[
        Sourced[tuple[GradeThreshold, ...]],
        line(GRADE_ROWS, "五级分类", "five-grade classification"),
    ]
    entrusted_use_banned: Annotated[
        Sourced[bool], line(TRUTH, "禁止新增户贷企用", "no new loans used by enterprises")
    ]
    npl_tolerance_bp: Annotated[
        Sourced[int] | None,
        line(SHARE, "不良率容忍度（百分点）", "NPL tolerance, percentage points", optional=True),
    ]
    deferral_due_from: Annotated[
        Sourced[date] | None,
        line(DAY, "可延期贷款的到期日自", "deferral for loans due from", optional=True),
    ]
    deferral_months_max: Annotated[
        Sourced[int] | None, line(MONTHS, "延期最长", "longest deferral", optional=True)
    ]
    deferral_until_max: Annotated[
        Sourced[date] | None, line(DAY, "延期最迟至", "deferral at the latest until", optional=True)
    ]
    deferral_is_bad_record: Annotated[
        Sourced[bool] | None,
        line(TRUTH, "延期计入不良记录", "deferral counts as bad record", optional=True),
    ]
    multiple_min: Annotated[
        Sourced[int], line(MULTIPLE, "风险补偿金放大倍数下限", "lower multiple")
    ]
    multiple_max: Annotated[
        Sourced[int], line(MULTIPLE, "风险补偿金放大倍数上限", "upper multiple")
    ]
    fuse_bad_ratio_ppm: Annotated[
        Sourced[int], line(RATIO, "熔断不良率", "bad ratio that stops lending")
    ]
    fuse_scopes: Annotated[
        Sourced[tuple[str, ...]],
        line(several_of(FUSE_SCOPES), "熔断范围", "where the fuse stops lending"),
    ]
    fuse_lift_days: Annotated[Sourced[int], line(DAYS, "解除熔断后的观察期", "a lift holds for")]
    cover_when_full: Annotated[
        Sourced[str],
        line(one_of(WHEN_FULL), "补偿额度用完后", "at the limit of the cover"),
    ]
    claim_trigger_overdue_days: Annotated[
        Sourced[int], line(DAYS, "代偿申请逾期天数", "claim from day")
    ]
    claim_review_working_days: Annotated[
        Sourced[int], line(WORKING_DAYS, "代偿审核时限", "claim review")
    ]
    recovery_return_working_days: Annotated[
        Sourced[int], line(WORKING_DAYS, "追偿款返还时限", "recovered money goes back within")
    ]
    loan_notice_days: Annotated[Sourced[int], line(DAYS, "贷款公示期", "public notice of loans")]
    subsidy_notice_days: Annotated[
        Sourced[int], line(DAYS, "贴息公示期", "public notice of subsidies")
    ]
    subsidy_funding: Annotated[
        Sourced[Sharing], line(FUNDING_ROWS, "贴息资金来源", "who funds the subsidies")
    ]
    subsidy_claim_every_months: Annotated[
        Sourced[int], line(RHYTHM_MONTHS, "贴息申报周期", "subsidies are claimed every")
    ]
    subsidy_claim_on_day: Annotated[
        Sourced[int],
        line(counted("日"), "贴息申报期末日（含）", "last day of a claim's period"),
    ]
    subsidy_year_end: Annotated[
        Sourced[MonthDay],
        line(MONTH_DAY, "财政关账日", "the treasury's closing day of a year"),
    ]
    subsidy_claim_working_days: Annotated[
        Sourced[int], line(WORKING_DAYS, "贴息申报时限", "subsidy claim filed within")
    ]
    subsidy_review_working_days: Annotated[
        Sourced[int], line(WORKING_DAYS, "贴息审核时限", "subsidy claim reviewed within")
    ]
    subsidy_payment_working_days: Annotated[
        Sourced[int], line(WORKING_DAYS, "贴息拨付时限", "subsidy paid within")
    ]
    rating_validity_months: Annotated[
        Sourced[int], line(MONTHS, "评级有效期", "a rating is valid for")
    ]
    post_check_first_days: Annotated[
        Sourced[int], line(DAYS, "首次贷后检查时限", "first check after paying out within")
    ]
    post_check_every_months: Annotated[
        Sourced[int], line(MONTHS, "贷后检查间隔", "later checks every")
    ]
    maturity_notice_days: Annotated[
        Sourced[int],
        line(DAYS, "到期前须定去向", "a way forward is settled before maturity by"),
    ]
    write_off_overdue_days_min: Annotated[
        Sourced[int],
        line(DAYS, "未评为损失的，逾期超过此天数可核销", "overdue longer, it may be written off"),
    ]
    enterprise_years_min: Annotated[
        Sourced[int],
        line(FULL_YEARS, "带动主体正常经营至少（含）", "years an enterprise has worked at least"),
    ]
    enterprise_local: Annotated[
        Sourced[bool],
        line(TRUTH, "带动主体须在本县注册", "an enterprise is registered in the county"),
    ]
    enterprise_counter_security: Annotated[
        Sourced[bool],
        line(
            TRUTH,
            "用贷款入股的，企业须向风险补偿金反抵押",
            "an enterprise that uses loans pledges something to the fund",
        ),
    ]
    agreement_years_max: Annotated[
        Sourced[int], line(FULL_YEARS, "利益联结协议最长期限", "longest agreement")
    ]
    dividend_notice_days: Annotated[
        Sourced[int], line(DAYS, "分红公示期", "public notice of dividends")
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
