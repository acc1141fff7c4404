"""What a sheet, a list or a file of loans is refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class LenderNotInBusiness(Refusal):
    """Loans are made by lenders that are open."""

    zh = "机构{lender}不是营业中的放贷机构"
    en = "organisation {lender} is not a lender in business"


class BearersOverlap(Refusal):
    """Two bearers of interest on one day cannot be booked yet."""

    zh = "同一天有两个利息承担方，暂不能入账"
    en = "two bearers of interest on one day cannot be booked"


class RoutesDiffer(Refusal):
    """The treasury's part of a contract's interest goes one way."""

    zh = "同一合同的贴息发放方式不一致：不能一部分拨付贷款机构、一部分先付后补"
    en = "the subsidy of one contract cannot go partly to the lender and partly be refunded"


class LoanSheetEmpty(Refusal):
    """A sheet has at least one row."""

    zh = "清单没有任何记录"
    en = "the sheet has no rows"


class HouseholdAppliesTwice(Refusal):
    """A household stands once on a sheet."""

    zh = "农户{number}在申请清单中重复"
    en = "household {number} stands twice on the sheet"


class SheetRefused(Refusal):
    """Some rows of a sheet break a rule; none is taken in."""

    zh = "清单中有{count}处不合规则，全部未受理；第{row}行：{first}"
    en = "{count} rows break a rule and nothing was taken in; row {row}: {first_en}"

    def __init__(self, rows: list[tuple[int, Refusal]]) -> None:
        self.rows = rows
        number, first = rows[0]
        super().__init__(
            field=first.field,
            clause=first.clause,
            count=len(rows),
            row=number,
            first=first.message("zh"),
            first_en=first.message("en"),
        )


class SheetNotApproved(Refusal):
    """Contracts are signed on a sheet that the director has approved."""

    status = 409
    zh = "申请清单{sheet}尚未审批同意"
    en = "application sheet {sheet} is not approved"


class SheetDropped(Refusal):
    """A sheet that was dropped is neither signed nor dropped again."""

    status = 409
    zh = "申请清单{sheet}已撤销"
    en = "application sheet {sheet} was dropped"


class AlreadySigned(Refusal):
    """A sheet is signed once."""

    status = 409
    zh = "申请清单{sheet}已签订合同"
    en = "the contracts of sheet {sheet} are already signed"


# --- disbursing and repaying ---------------------------------------------------------------------


class LoanFileHasFaults(Refusal):
    """A file with faults is shown, and nothing of it is taken in."""

    zh = "清单有{count}处不合规则，全部未受理"
    en = "the file has {count} faults and nothing of it was taken in"


class VoucherTwiceOnSheet(Refusal):
    """A voucher stands once on a sheet."""

    zh = "凭证{voucher_no}（渠道{channel}）在清单中重复"
    en = "voucher {voucher_no} ({channel}) stands twice on the sheet"


class ControlTotalDiffers(Refusal):
    """The sum that the sheet itself states is the sum of its rows."""

    zh = "合计行写明{stated}元，各行之和为{sum}元"
    en = "the sheet states a total of {stated} yuan, its rows add up to {sum}"


class RowBelowTotal(Refusal):
    """The line of the total is the last one."""

    zh = "合计行之后不能再有记录"
    en = "no row may follow the line of the total"


class LoanTwiceOnSheet(Refusal):
    """A contract stands once on a sheet."""

    zh = "合同{number}在清单中重复"
    en = "contract {number} stands twice on the sheet"
