"""What no paper is made of."""

from __future__ import annotations

from kernel.refusals import Refusal


class LoanNotSettled(Refusal):
    """A certificate of settlement is given when nothing is owed any more."""

    status = 409
    zh = "合同{number}尚未结清，不能出具结清证明"
    en = "contract {number} is not settled, so no certificate of settlement is given"


class NothingOverdue(Refusal):
    """A household that owes nothing past due is not dunned."""

    status = 409
    zh = "合同{number}没有逾期款项，不能出具催收通知书"
    en = "nothing of contract {number} is past due, so no notice is given"
