"""What migrations refuse, with nothing changed: a database whose rows a revision cannot carry."""

from __future__ import annotations

from kernel.refusals import Refusal


class MigrationInClose(Refusal):
    """A day that is being closed is closed first: half of it would be done by other rules."""

    status = 409
    zh = "{day}的日终尚未完成，请先用原版本完成日终，再升级或降级"
    en = "the close of {day} is not finished: finish it with the version in use, then migrate"


class CreditUsedAcrossLoans(Refusal):
    """Credit belongs to the loan it was paid for; what another loan used of it has no place."""

    status = 409
    zh = "合同{numbers}的溢缴款曾用于同户的其他合同，不能归到各合同，请先更正"
    en = "credit of contracts {numbers} was used on other contracts of the household: mend it first"


class RowsOfLaterVersion(Refusal):
    """What only the newer version knows is not thrown away by going back."""

    status = 409
    zh = "表{table}有旧版本容不下的内容（{what}），不能降级"
    en = "{table} holds what the older version cannot ({what}): there is no way back"
