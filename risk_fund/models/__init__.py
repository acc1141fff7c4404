"""Tables of the risk-compensation fund.

*Accounts* with every movement and the bank's statements. *Claims* with their shares, payments and
recoveries. *Watch*: the fuse, guarantee platforms and their guarantees. All of it is recorded and
never changes; balances and where a claim stands are running state, recomputable.
"""

from __future__ import annotations

from risk_fund.models.accounts import (
    FundAccount,
    FundBalance,
    FundMovement,
    FundOrder,
    Reconciliation,
    Statement,
    StatementMatch,
    StatementRow,
)
from risk_fund.models.claims import (
    Compensation,
    FundClaim,
    FundClaimPosition,
    FundClaimShare,
    FundClaimStep,
    FundReturn,
    FundReturnPart,
    Recovery,
    RecoveryShare,
)
from risk_fund.models.watch import (
    FuseBalance,
    FuseEvent,
    FuseLift,
    Guarantee,
    GuaranteeEvent,
    GuaranteePlatform,
    PlatformUse,
)

__all__ = [
    "Compensation",
    "FundAccount",
    "FundBalance",
    "FundClaim",
    "FundClaimPosition",
    "FundClaimShare",
    "FundClaimStep",
    "FundMovement",
    "FundOrder",
    "FundReturn",
    "FundReturnPart",
    "FuseBalance",
    "FuseEvent",
    "FuseLift",
    "Guarantee",
    "GuaranteeEvent",
    "GuaranteePlatform",
    "PlatformUse",
    "Reconciliation",
    "Recovery",
    "RecoveryShare",
    "Statement",
    "StatementMatch",
    "StatementRow",
]
