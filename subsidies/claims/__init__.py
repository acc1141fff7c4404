"""Claims: drafted, checked, submitted, recomputed, confirmed, published, approved; or sent back."""

from subsidies.claims.drafting import draft, draft_due
from subsidies.claims.households import STAGES, Stage, stages_of
from subsidies.claims.noticing import answer, notice_rows, object_to, open_objections, post_notice
from subsidies.claims.office_steps import (
    approve,
    check_claim,
    confirm,
    recompute_claim,
    return_claim,
    submit,
    withdraw,
)
from subsidies.claims.reading import ClaimPage, ListedClaim, listed, page, rows_of
from subsidies.claims.recomputing import Recomputed
from subsidies.claims.steps import claim_of, state_of, steps_of
from subsidies.claims.waiting import corrected_since_close, first_settled, kept_out, waiting_for

__all__ = [
    "STAGES",
    "ClaimPage",
    "ListedClaim",
    "Recomputed",
    "Stage",
    "answer",
    "approve",
    "check_claim",
    "claim_of",
    "confirm",
    "corrected_since_close",
    "draft",
    "draft_due",
    "first_settled",
    "kept_out",
    "listed",
    "notice_rows",
    "object_to",
    "open_objections",
    "page",
    "post_notice",
    "recompute_claim",
    "return_claim",
    "rows_of",
    "stages_of",
    "state_of",
    "steps_of",
    "submit",
    "waiting_for",
    "withdraw",
]
