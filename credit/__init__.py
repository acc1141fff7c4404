"""Rating schemes as data, ratings that keep their history, and credit lines.

One person proposes a village's sheet, another confirms it; a rating in force gives a line, which
loans draw on and give back to.
"""

from credit.checks import check
from credit.lines import draw_line, draw_lines, release_line, release_lines, restore_line
from credit.operations import Entry, Proposed, decide, propose
from credit.queries import (
    Explanation,
    LineState,
    Standing,
    explain,
    history,
    in_force,
    in_force_select,
    line,
    movements_select,
    rating_of,
    standing,
)
from credit.scheme import Assessment, Scheme, show_points
from credit.scheme_file import load_scheme, load_schemes
from credit.sheets import RatingFile, propose_file, read_file, write_template
from kernel.table_faults import RowFault

__all__ = [
    "Assessment",
    "Entry",
    "Explanation",
    "LineState",
    "Proposed",
    "RatingFile",
    "RowFault",
    "Scheme",
    "Standing",
    "check",
    "decide",
    "draw_line",
    "draw_lines",
    "explain",
    "history",
    "in_force",
    "in_force_select",
    "line",
    "load_scheme",
    "load_schemes",
    "movements_select",
    "propose",
    "propose_file",
    "rating_of",
    "read_file",
    "release_line",
    "release_lines",
    "restore_line",
    "show_points",
    "standing",
    "write_template",
]
