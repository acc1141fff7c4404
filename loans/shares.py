"""Lists of households for which an organisation borrows (统贷统还). Pure: no session, no clock.

The shares of a list add up to the amount, each household stands once on it, is of a kind that the
policy serves, and stays with its share within the amount of one contract and, together with what
it owes and its shares of other lists, within the household's total. No credit line is needed or
drawn, and the organisation may guarantee. The treasury's share of the interest is counted on no
more than the sum of what each household's cap leaves of its share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kernel.money import format_yuan
from loans.eligibility import (
    Answer,
    Asked,
    Facts,
    Sharer,
    broken,
    form_rules,
    term_and_rate,
    use_rules,
)
from loans.refusals import (
    ShareAboveLimit,
    ShareKindNotServed,
    ShareNotPositive,
    SharesDoNotAddUp,
    ShareTotalAboveLimit,
)
from policy import HOUSEHOLD_KINDS, ContractTerms, RateCap


def broken_list_rules(
    asked: Asked, facts: Facts, terms: ContractTerms, cap: RateCap
) -> list[Answer]:
    """Every rule that an organisation's application for a list of households breaks."""
    return [
        *form_rules(asked),
        *sum_rule(asked),
        *(answer for sharer in facts.sharers for answer in _share(sharer, terms)),
        *term_and_rate(asked, terms, cap),
        *use_rules(asked, terms),
    ]


def sum_rule(asked: Asked) -> Iterator[Answer]:
    """The shares are the whole amount, to the fen."""
    total_fen = sum(share.share_fen for share in asked.shares)
    if total_fen != asked.amount_fen:
        refusal = SharesDoNotAddUp(
            field="shares", sum=format_yuan(total_fen), amount=format_yuan(asked.amount_fen)
        )
        yield Answer(refusal, False)


def _share(sharer: Sharer, terms: ContractTerms) -> Iterator[Answer]:
    if sharer.share_fen <= 0:
        yield Answer(ShareNotPositive(field="shares", number=sharer.number), False)
    kinds, single = terms.household_kinds, terms.amount_max_fen
    if sharer.household_kind not in kinds.value:
        kind = HOUSEHOLD_KINDS.get(sharer.household_kind, sharer.household_kind)
        refusal = ShareKindNotServed(
            field="shares", clause=kinds.cite, number=sharer.number, kind=kind
        )
        yield broken(kinds, refusal)
    if sharer.share_fen > single.value:
        yield broken(
            single,
            ShareAboveLimit(
                field="shares",
                clause=single.cite,
                number=sharer.number,
                share=format_yuan(sharer.share_fen),
                limit=format_yuan(single.value),
            ),
        )
    total, total_fen = terms.household_total_max_fen, sharer.committed_fen + sharer.share_fen
    if total_fen > total.value:
        yield broken(
            total,
            ShareTotalAboveLimit(
                field="shares",
                clause=total.cite,
                number=sharer.number,
                total=format_yuan(total_fen),
                limit=format_yuan(total.value),
            ),
        )


def kind_of_list(kinds: Iterable[str]) -> str:
    """The kind that a whole list is of; a mixed list stands under the terms of the registered."""
    found = set(kinds)
    return found.pop() if len(found) == 1 else "registered"


def cap_left(cap_fen: int, parts: Sequence[tuple[int, int]]) -> int:
    """What the households of a contract leave of the cap on subsidised principal.

    ``parts``: (principal, what the household's other subsidised loans take of the cap) of each
    household; a contract of one household has one part. What is left never exceeds the principal
    where the household shares a list, and is the cap's rest where it borrows itself.
    """
    return sum(min(fen, max(0, cap_fen - taken_fen)) for fen, taken_fen in parts)
