"""Between rows and courses: load the running state of many loans, write down what happened.

A fixed number of statements for any number of loans (in lots of ids), and row locks taken
in the order of ids, so that two writers never wait for each other in a circle.
"""

from kernel.lots import lots
from loans.record.differing import Difference
from loans.record.differing import write as write_difference
from loans.record.events import event_of, events_of
from loans.record.loading import BY_PRODUCTS, Loaded, load, signed_terms, terms_of
from loans.record.opening import open_positions
from loans.record.standing import in_force, plan_cells, plans_of
from loans.record.standing import read as read_standing
from loans.record.writing import insert_allocations, write, write_running

__all__ = [
    "BY_PRODUCTS",
    "Difference",
    "Loaded",
    "event_of",
    "events_of",
    "in_force",
    "insert_allocations",
    "load",
    "lots",
    "open_positions",
    "plan_cells",
    "plans_of",
    "read_standing",
    "signed_terms",
    "terms_of",
    "write",
    "write_difference",
    "write_running",
]
