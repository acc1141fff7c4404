"""What a payment file, an account to be paid on or a bank's answer is refused for."""

from __future__ import annotations

from kernel.refusals import Refusal


class EncodingUnknown(Refusal):
    """The bank reads one of three encodings."""

    zh = "没有“{encoding}”这一编码；可选：{known}"
    en = "no such encoding: {encoding!r}; there are {known}"


class RemarkTooLong(Refusal):
    """The remark of a payment has at most four characters."""

    zh = "摘要“{remark}”超过四个字"
    en = "the remark {remark!r} has more than four characters"


class NameNotHeld(Refusal):
    """A name holds characters that the bank's encoding does not have."""

    zh = "“{text}”含有银行编码{encoding}不能表示的字符：{characters}"
    en = "{text!r} holds characters that the bank's {encoding} does not have: {characters}"


class PayoutAccountMissing(Refusal):
    """A payee without an account cannot be paid."""

    zh = "{name}没有一卡通（银行账号）"
    en = "{name} has no account to be paid on"


class PayoutAccountUnchanged(Refusal):
    """What the bank sent back is paid on an account that was corrected since."""

    zh = "{name}的账户被银行退回（{reason_zh}），更正并复核后方可再付"
    en = "{name}'s payment came back ({reason_en}): correct the account and have it confirmed"


class PaymentRowsRefused(Refusal):
    """Some payees cannot be paid as they stand; nothing is written."""

    zh = "有{count}人不能付款，文件未生成；第{row}行：{first}"
    en = "{count} payees cannot be paid and no file was made; row {row}: {first_en}"

    def __init__(self, rows: list[tuple[int, Refusal]]) -> None:
        self.rows = rows
        number, first = rows[0]
        super().__init__(
            field=first.field,
            count=len(rows),
            row=number,
            first=first.message("zh"),
            first_en=first.message("en"),
        )


class PaymentRowsChanged(Refusal):
    """What is sent is what was made."""

    status = 409
    zh = "付款文件{batch_no}的明细与生成时不一致，不能发送"
    en = "the rows of payment file {batch_no} are not those it was made of"


class PaymentFileDiscarded(Refusal):
    """A discarded file is not sent and not answered."""

    status = 409
    zh = "付款文件{batch_no}已作废"
    en = "payment file {batch_no} was discarded"


class ReturnFileHasFaults(Refusal):
    """A bank's file with faults is taken in not at all."""

    zh = "银行回盘文件有{count}处不合规则，全部未入账；第{line}行：{first}"
    en = "the bank's file has {count} faults and nothing was booked; line {line}: {first_en}"


class ReturnValueUnknown(Refusal):
    """The bank says paid or returned, and why."""

    zh = "“{value}”不是可识别的{what_zh}"
    en = "{value!r} is no {what_en} that is known"


class ReturnRowTwice(Refusal):
    """A row is answered once in a file."""

    zh = "第{nr}号付款在回盘文件中重复"
    en = "payment {nr} stands twice in the bank's file"


class ReturnTotalMissing(Refusal):
    """The bank's file ends with its own count and total."""

    zh = "回盘文件缺少合计行（笔数、金额）"
    en = "the bank's file lacks the line with its count and total"


class ReturnTakenBefore(Refusal):
    """A bank's file is taken in once."""

    status = 409
    zh = "该回盘文件（批次{batch_no}）已入账，不能重复"
    en = "this file of the bank (batch {batch_no}) is booked already"


class ReturnOfAnotherFile(Refusal):
    """A bank's file answers the file that was sent."""

    zh = "回盘批次{batch_no}不是本次付款文件（{expected}）"
    en = "batch {batch_no} does not answer the file that was sent ({expected})"


class ReturnTotalDiffers(Refusal):
    """Count and total of the bank's file are those of the file it answers."""

    zh = "回盘{count}笔、{total}元，付款文件{rows}笔、{sent}元，须一致"
    en = "the bank answers {count} payments of {total} yuan; {rows} of {sent} were sent"


class ReturnRowDiffers(Refusal):
    """Each row of the bank's file is the row that was sent."""

    zh = "回盘第{nr}号付款的{what_zh}与付款文件不一致"
    en = "the {what_en} of payment {nr} is not what was sent"


class PayoutHolderMissing(Refusal):
    """An account has a holder and a bank."""

    zh = "须填写户名和开户银行"
    en = "an account has a holder and a bank"


class PayeeUnknown(Refusal):
    """Households and organisations are paid."""

    status = 404
    zh = "没有这一收款人"
    en = "there is no such payee"
