"""How households are found: the survey, the procedure and its steps, and the lists that decide.

Dated rules are read by ``load_procedures``, ``load_surveys`` and ``load_lines`` and handed in.
``open_cases`` and ``take_step`` take whole sheets of households through a procedure; ``object_to``
and ``answer`` hear objections; ``hand_in`` and ``decide_list`` take what the county decided on
paper; rounds, samples, populations and poor villages are dated figures. Reads are in ``queries``,
arithmetic in ``rates``, what verify reads back in ``checks``.
"""

from __future__ import annotations

from households.identification import queries, rates, reading
from households.identification.cases import open_cases
from households.identification.lines_file import load_lines
from households.identification.lists import HandedIn, decide_list, hand_in, hand_in_file
from households.identification.notices import answer, notice_rows, object_to, open_objections
from households.identification.procedure import KINDS, Procedure, Procedures, Step, Vote
from households.identification.procedure_file import load_procedures
from households.identification.rates import Lines, Rate
from households.identification.rounds import (
    VILLAGE_STANDINGS,
    Sampled,
    begin_round,
    record_population,
    record_sample,
    set_village_standings,
    standing_of_village,
)
from households.identification.sheets import TITLES, SheetRow, of_numbers, read_sheet
from households.identification.steps import take_step
from households.identification.survey import Survey, Surveys
from households.identification.survey_file import load_surveys
from households.identification.surveying import record_survey
from households.identification.voting import Meeting

__all__ = [
    "KINDS",
    "TITLES",
    "VILLAGE_STANDINGS",
    "HandedIn",
    "Lines",
    "Meeting",
    "Procedure",
    "Procedures",
    "Rate",
    "Sampled",
    "SheetRow",
    "Step",
    "Survey",
    "Surveys",
    "Vote",
    "answer",
    "begin_round",
    "decide_list",
    "hand_in",
    "hand_in_file",
    "load_lines",
    "load_procedures",
    "load_surveys",
    "notice_rows",
    "object_to",
    "of_numbers",
    "open_cases",
    "open_objections",
    "queries",
    "rates",
    "read_sheet",
    "reading",
    "record_population",
    "record_sample",
    "record_survey",
    "set_village_standings",
    "standing_of_village",
    "take_step",
]
