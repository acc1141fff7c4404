"""What the loans' papers say: plain frozen data, gathered by pure reads; the edge draws it.

借款合同, 借据, 逾期贷款催收通知书, 贷款结清证明, 利息计算单. A contract and a slip show the whole
identity number: they are printed by ``print_contract`` and ``print_slip``, which take the right
``loans.print`` and leave a record. The others show it masked and are reads like any other.
"""

from __future__ import annotations

from loans.documents.digest import digest_of
from loans.documents.interest import interest
from loans.documents.notice import notice
from loans.documents.parties import Desk
from loans.documents.printing import print_contract, print_slip
from loans.documents.settled import settled
from loans.documents.slip import slips_of

__all__ = [
    "Desk",
    "digest_of",
    "interest",
    "notice",
    "print_contract",
    "print_slip",
    "settled",
    "slips_of",
]
