"""What a forecast rests on, in English; the Chinese is the forecast's own."""

from __future__ import annotations

from kernel.money import format_rate, format_share, format_yuan
from subsidies.foreseeing.asked import NewLending
from web.forecasting import Told


def in_english(told: Told) -> list[str]:
    """The same sentences as ``assumptions``, in the same order."""
    asked = told.forecast.asked
    found = [
        (
            "Loans that are out live on under the terms of their contracts and by nominal "
            "settlement days; each instalment is taken as paid when due, what is overdue "
            "as paid the next day; holidays and later corrections are left aside"
        )
    ]
    if asked.share is not None:
        share = format_share(asked.share.share_bp)
        found.append(
            f"Of interest from {asked.share.from_on} on, the treasury bears {share}% of its part"
        )
    if asked.lending is not None:
        found.append(_lending(asked.lending))
    if asked.early_ppm:
        found.append(f"Each month {format_rate(asked.early_ppm)}% of what is out is repaid early")
    if told.closed is not None:
        first = told.forecast.years[0]
        found.append(
            f"Subsidies settled and not paid by the close of {told.closed}, "
            f"{format_yuan(first.unpaid_fen)} yuan, count into {first.year}"
        )
    if asked.lender_ids:
        found.append("Of loans that are out those of the chosen lender alone; the whole budget")
    return found


def _lending(new: NewLending) -> str:
    return (
        f"New lending: {format_yuan(new.monthly_fen)} yuan on the first of each month for "
        f"{new.months} months from the next, in loans of {format_yuan(new.loan_fen)} yuan for "
        f"{new.term_months} months, at the highest published rate of the books' day, under "
        f"{new.policy or 'the policy in force at the place on that day'}"
    )
