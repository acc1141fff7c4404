"""Every module that defines tables, so that the metadata is whole whoever asks for it."""

from __future__ import annotations

import credit.models
import enterprises.models
import households.models
import households.slips
import households.staging
import indicators.models
import indicators.people_models
import jobs.models
import kernel.attachments
import kernel.idempotency
import kernel.outbox
import kernel.trail
import ledger
import loans.models
import loans.models.kept
import mutual_aid.models
import office.models
import organisations.models
import risk_fund.models
import subsidies.models
from kernel.database import Base

#: the modules, top floor first; the ledger's tables are the ledger's own and come with it
MODULES = (
    jobs.models,
    indicators.models,
    indicators.people_models,
    risk_fund.models,
    subsidies.models,
    mutual_aid.models,
    enterprises.models,
    loans.models,
    loans.models.kept,
    credit.models,
    households.models,
    households.slips,
    households.staging,
    organisations.models,
    ledger,
    office.models,
    kernel.attachments,
    kernel.idempotency,
    kernel.outbox,
    kernel.trail,
)

METADATA = Base.metadata
