"""Conduct rules: the part of the schema that goes by the day of the event (``policy.terms``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from policy.month_day import MONTH_DAY, RHYTHM_MONTHS, MonthDay
from policy.sharing import FUNDING_ROWS, FUSE_SCOPES, WHEN_FULL, Sharing
from policy.sourced import Sourced, line
from policy.units import DAYS, FULL_YEARS, MONTHS, MULTIPLE, WORKING_DAYS
from policy.values import (
    DAY,
    GRADE_ROWS,
    RATIO,
    SHARE,
    TRUTH,
    GradeThreshold,
    counted,
    one_of,
    several_of,
)


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
