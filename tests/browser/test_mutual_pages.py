"""The pages of a village fund in a browser: nothing to scroll sideways, no script refused."""

from __future__ import annotations

from datetime import date

from jobs import program
from tests.browser.conftest import DESKTOP, PHONE, LogIn
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
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for path in ("/mutual", fund, vote, f"{fund}/lists/2017-06"):
            for language in ("zh", "en"):
                answer = page.goto(f"{site}{path}?lang={language}")
                assert answer is not None
                assert answer.status == 200, path
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= size["width"], (path, language)
    assert complaints == []
