"""An empty answer to a payment file, for a bank that gives none of its own: filled in by hand.

Batch, numbers, holders, accounts and amounts as they were sent; what became of each row is blank.
"""

from __future__ import annotations

import csv
import io
from typing import Final

from office.payment_files import ANSWER_TITLES

#: a workbook and a text editor both know the encoding by this mark
_ENCODING: Final = "utf-8-sig"


def template_of(content: bytes, encoding: str) -> bytes:
    """The answer to a payment file (csv, as it was sent), results and reasons left blank."""
    head, _titles, *rows = csv.reader(io.StringIO(content.decode(encoding), newline=""))
    batch_no, count, total = head[1], head[3], head[5]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(ANSWER_TITLES)
    for nr, holder, number, _bank, amount, *_rest in rows:
        writer.writerow((batch_no, nr, holder, number, amount, "", "", ""))
    writer.writerow(("合计", count, "", "", total, "", "", ""))
    return text.getvalue().encode(_ENCODING)
