"""Need: who wants a loan, who needs none, who may have none, and which bank answers for whom.

Rights: ``households.need`` records answers, ``households.need_round`` opens rounds and names lead
banks. Who is in need and has no loan is asked of ``loans.unmet_need``.
"""

from __future__ import annotations

from households.need.operations import ANSWER_TITLES, Need, answer, open_round, record
from households.need.queries import NeedCount, NeedLine, answers, counts, is_in_need, rounds
from households.need.sheets import NeedFile, read_file, record_file, write_template

__all__ = [
    "ANSWER_TITLES",
    "Need",
    "NeedCount",
    "NeedFile",
    "NeedLine",
    "answer",
    "answers",
    "counts",
    "is_in_need",
    "open_round",
    "read_file",
    "record",
    "record_file",
    "rounds",
    "write_template",
]
