"""The pages of a village fund in a browser: nothing to scroll sideways, no script refused."""

from __future__ import annotations

from datetime import date

from jobs import program
from tests.browser.conftest import LogIn, complaints_of, require_narrow
from tests.web.bureau import Bureau
from tests.web.test_mutual import KEEPER, bureau, fund, joined, society

__all__ = ["bureau", "fund", "society"]


def test_no_page_of_a_fund_scrolls_sideways_in_either_language(
    bureau: Bureau, fund: str, site: str, log_in: LogIn
) -> None:
    joined(bureau, fund)
    vote = bureau.done(f"{fund}/vote", KEEPER, subject="other", question="修路")
    program.close_to(bureau.house, date(2017, 6, 30))
    page = log_in("registrar")
    complaints = complaints_of(page)
    require_narrow(page, site, ("/mutual", fund, vote, f"{fund}/lists/2017-06"))
    assert complaints == []
