"""Between rows and courses: load the running state of many loans, write down what happened.

A fixed number of statements for any number of loans (in lots of ``LOT`` ids), and row locks taken
in the order of ids, so that two writers never wait for each other in a circle.
"""

from loans.record.loading import LOT, Loaded, load, lots, terms_of
from loans.record.writing import insert_allocations, write

__all__ = ["LOT", "Loaded", "insert_allocations", "load", "lots", "terms_of", "write"]
