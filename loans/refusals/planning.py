"""What the calculator of plans and interest refuses."""

from __future__ import annotations

from kernel.refusals import Refusal


class PrincipalNotPositive(Refusal):
    """A loan of nothing, or of less."""

    zh = "本金须大于零，不能是{principal}元"
    en = "the principal must be above zero, not {principal} yuan"


class MaturityNotAfterStart(Refusal):
    """A loan that ends on or before the day it starts."""

    zh = "到期日{end}须晚于起息日{start}"
    en = "the maturity date {end} must be after the first day of interest {start}"


class CountNotPositive(Refusal):
    """A plan without an instalment."""

    zh = "期数须为正整数，不能是{count}"
    en = "the number of instalments must be above zero, not {count}"


class TooManyInstalments(Refusal):
    """A plan that nobody could read."""

    zh = "期数不得超过{maximum}期"
    en = "a plan has at most {maximum} instalments"


class DueDateTooFar(Refusal):
    """A plan that runs out of the years in which the house reckons."""

    zh = "到期日不得晚于{last_year}年"
    en = "no due date may lie after the year {last_year}"


class GraceTooLong(Refusal):
    """Every instalment would pay interest only, and none the principal."""

    zh = "宽限期数{grace}须少于总期数{count}"
    en = "the grace of {grace} instalments must be shorter than the plan of {count}"


class SettlementRhythmUnfit(Refusal):
    """A settlement day goes with whole quarters of the calendar only."""

    zh = "按结息日结息的周期只能是1、3、6或12个月，不能是{rhythm}"
    en = "a settlement day goes with a rhythm of 1, 3, 6 or 12 months, not {rhythm}"


class SettlementDayUnknown(Refusal):
    """No month has such a day."""

    zh = "结息日须在1至31之间，不能是{day}"
    en = "the settlement day lies between 1 and 31, not {day}"


class DebtWouldGrow(Refusal):
    """A level instalment that does not even pay its own interest: shown, never booked."""

    zh = "第{nr}期等额本息{total}元不足以支付当期利息{interest}元，本金反而增加，不能据此立约"
    en = (
        "instalment {nr} of {total} yuan does not cover its interest of {interest} yuan; the debt "
        "would grow, and no contract can be made on this plan"
    )


class SharesExceedWhole(Refusal):
    """Payers that together bear more than all of the interest."""

    zh = "自{day}起各承担方的承担比例合计超过100%"
    en = "from {day} on the payers together bear more than the whole of the interest"


class PaymentNotPositive(Refusal):
    """A payment of nothing, or of less."""

    zh = "还款金额须大于零，不能是{amount}元"
    en = "a payment must be above zero, not {amount} yuan"


# --- applying and signing -------------------------------------------------------------------------
