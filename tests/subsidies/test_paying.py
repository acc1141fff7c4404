"""Paying a claim: the file, the bank's answer, what came back, the receipt."""

from __future__ import annotations

from datetime import date

from tests.subsidies.offices import Offices
from tests.subsidies.test_claims import ONE_LOAN_FEN

LENDER_ACCOUNT = "123456789012"


def test_a_claim_through_the_lender_is_paid_and_receipted(offices: Offices) -> None:
    offices.lend(1)
    offices.lend(2)
    offices.close_to(date(2016, 6, 20))
    line_id = offices.fund()
    offices.bank(LENDER_ACCOUNT)
    claim_id = offices.sent()
    content = offices.content(claim_id).decode("gb18030").splitlines()
    assert content == [
        f"批次号,431022-{claim_id:06d}-01,笔数,1,总金额,290.28",
        "序号,户名,账号,开户行,金额,项目代码,摘要",
        f"1,宜章示范农商行,{LENDER_ACCOUNT},宜章农商行营业部,290.28,2130506,贷款贴息",
    ]
    booked = offices.take_answer(claim_id, offices.answer_file(claim_id))
    assert (booked.paid_fen, booked.returned_fen) == (2 * ONE_LOAN_FEN, 0)
    assert offices.state(claim_id) == "paid"
    assert offices.balance("budget_paid", line_id) == -2 * ONE_LOAN_FEN
    assert offices.balance("subsidy_claimed_payable") == 0
    assert offices.balance("treasury_interest_receivable") == 0
    offices.receipt(claim_id)
    assert offices.state(claim_id) == "receipted"
