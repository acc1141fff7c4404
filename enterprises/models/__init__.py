"""Tables of the enterprises: recognising and agreeing, dividends and unwinding."""

from __future__ import annotations

from enterprises.models.agreeing import (
    Agreement,
    AgreementApproval,
    AgreementHousehold,
    AgreementLeaving,
    AgreementList,
    AgreementParty,
    AgreementTerm,
    LinkedLoan,
    StagedLinkage,
)
from enterprises.models.recognising import (
    CounterSecurity,
    CounterSecurityRelease,
    FrameworkAgreement,
    FrameworkInstitution,
    LinkageChain,
    LinkageChainEnd,
    Recognition,
    RecognitionGrant,
    RecognitionVillage,
    RecognitionWithdrawal,
)

__all__ = [
    "Agreement",
    "AgreementApproval",
    "AgreementHousehold",
    "AgreementLeaving",
    "AgreementList",
    "AgreementParty",
    "AgreementTerm",
    "CounterSecurity",
    "CounterSecurityRelease",
    "FrameworkAgreement",
    "FrameworkInstitution",
    "LinkageChain",
    "LinkageChainEnd",
    "LinkedLoan",
    "Recognition",
    "RecognitionGrant",
    "RecognitionVillage",
    "RecognitionWithdrawal",
    "StagedLinkage",
]
