"""Who may do what: one table of roles and commands. A command that is not here may not be done.

Scope comes on top: the region's digits and, for staff of a lender, the institution. Four eyes
(``office.approvals``) comes on top of that. The names of commands are those of the trail.
"""

from __future__ import annotations

from types import MappingProxyType

from kernel.actor import Actor
from office.refusals import NotEntitled

#: role -> (Chinese, English)
ROLES = MappingProxyType(
    {
        "loan_officer": ("信贷员", "loan officer"),
        "checker": ("复核员", "checker"),
        "director": ("信用社主任", "cooperative director"),
        "registrar": ("建档立卡专干", "registrar"),
        "poverty_office": ("扶贫办（乡村振兴局）", "poverty office"),
        "finance": ("财政局", "finance bureau"),
        "auditor": ("审计员", "auditor"),
        "administrator": ("系统管理员", "administrator"),
        "system": ("系统", "the system"),
    }
)

_LENDER = ("loan_officer", "checker", "director")
_PUBLIC = ("poverty_office", "finance", "auditor")
_EVERYBODY = (*_LENDER, "registrar", *_PUBLIC)

#: command -> roles that may do it
RIGHTS = MappingProxyType(
    {
        # reading
        "indicators.read": _EVERYBODY,
        "households.read": _EVERYBODY,
        "organisations.read": (*_EVERYBODY, "administrator"),
        "credit.read": _EVERYBODY,
        "loans.read": _EVERYBODY,
        "ledger.read": (*_LENDER, *_PUBLIC),
        "policy.read": (*_EVERYBODY, "administrator"),
        "proposals.read": _EVERYBODY,
        # opens the door to deciding; which decision it is, its own command says
        "proposals.decide": ("checker", "director", "poverty_office", "finance"),
        "exports.read": _EVERYBODY,
        # the register
        "households.import": ("registrar", "poverty_office", "system"),
        "households.change": ("registrar", "poverty_office"),
        "households.slip": ("registrar", "loan_officer"),
        # finding households: the village's steps, the township's, and the county's by two persons
        # opens the door to a sheet's step; which step it is, its own command says
        "households.take_step": ("registrar", "poverty_office"),
        # minutes and photographs of a sheet
        "households.open_paper": ("registrar", "poverty_office", "auditor"),
        "households.identify": ("registrar",),
        "households.village_vote": ("registrar",),
        "households.township_review": ("registrar",),
        "households.county_review": ("poverty_office",),
        "households.county_decide": ("poverty_office",),
        "households.object": ("registrar", "poverty_office"),
        "households.answer": ("registrar", "poverty_office"),
        "households.sample": ("poverty_office", "auditor"),
        # measures, helpers, visits, projects; and the special money behind them
        "households.help": ("registrar", "poverty_office"),
        "households.special_funds": ("poverty_office", "finance"),
        # families that live, limits of their own by two people, and what is needed
        "households.family": ("registrar",),
        "households.propose_own_limit": ("registrar", "loan_officer"),
        "households.approve_own_limit": ("poverty_office",),
        "households.need": ("registrar", "loan_officer"),
        "households.need_round": ("poverty_office",),
        "organisations.register": ("poverty_office", "administrator"),
        # credit
        "credit.propose": ("loan_officer",),
        "credit.confirm": ("checker", "director"),
        # loans
        "loans.apply": ("loan_officer",),
        "loans.approve": ("director",),
        "loans.sign": ("loan_officer",),
        "loans.disburse": ("loan_officer",),
        "loans.repay": ("loan_officer",),
        "loans.reverse": ("checker", "director"),
        "loans.except": ("director",),
        # changes of a loan: proposed on a sheet, decided by another
        # opens the door to proposing; which change it is, its own command says
        "loans.propose_change": ("loan_officer", "poverty_office"),
        "loans.change": ("loan_officer",),
        "loans.approve_change": ("director",),
        "loans.write_off": ("loan_officer",),
        "loans.approve_write_off": ("director",),
        # the treasury bears no more interest (停止贴息)
        "loans.stop_subsidy": ("loan_officer", "poverty_office"),
        "loans.approve_stop_subsidy": ("director", "finance"),
        "loans.renew": ("loan_officer",),
        # the file behind the loan
        "loans.note_paper": _LENDER,
        "loans.post_check": ("loan_officer", "checker"),
        "loans.contact": _LENDER,
        "loans.life_event": ("loan_officer", "registrar"),
        "loans.way": ("loan_officer", "director"),
        # scans show identity cards: for the lender and the audit alone
        "loans.open_scan": (*_LENDER, "auditor"),
        # papers with a whole identity number: who prints them may see it
        "loans.print": _LENDER,
        # interest subsidies
        "subsidies.read": (*_EVERYBODY, "system"),
        "subsidies.budget": ("finance",),
        "subsidies.approve_budget": ("finance",),
        # a claim goes through three offices; who may not take two steps of it, its lifecycle says
        "subsidies.draft": ("loan_officer", "system"),
        "subsidies.check": ("checker",),
        "subsidies.submit": ("director",),
        "subsidies.withdraw": _LENDER,
        "subsidies.recompute": ("poverty_office",),
        "subsidies.confirm": ("poverty_office",),
        "subsidies.notice": ("poverty_office",),
        "subsidies.object": ("registrar", "poverty_office"),
        "subsidies.answer": ("poverty_office",),
        "subsidies.approve": ("finance",),
        "subsidies.return": ("poverty_office", "finance"),
        # paying: a file is made by one and sent by another
        "subsidies.pay": ("finance",),
        "subsidies.send": ("finance",),
        "subsidies.bank_return": ("finance",),
        "subsidies.account": ("loan_officer", "finance"),
        "subsidies.confirm_account": ("checker", "finance"),
        "subsidies.give_back": ("finance",),
        "subsidies.approve_give_back": ("finance",),
        "subsidies.receipt": ("loan_officer", "checker"),
        "subsidies.clawback": ("finance",),
        # the risk-compensation fund
        "risk_fund.read": (*_EVERYBODY, "system"),
        "risk_fund.open": ("finance",),
        "risk_fund.contribute": ("finance",),
        "risk_fund.approve_contribution": ("finance",),
        "risk_fund.interest": ("finance",),
        "risk_fund.statement": ("finance",),
        "risk_fund.approve_statement": ("finance",),
        "risk_fund.claim": ("loan_officer",),
        "risk_fund.check_claim": ("checker",),
        "risk_fund.review": ("poverty_office",),
        "risk_fund.approve": ("finance",),
        "risk_fund.pay": ("finance",),
        # another party's money for a claim comes in, and its part of what is recovered goes back
        "risk_fund.return": ("loan_officer",),
        # the watch: who asks that lending goes on never decides it
        "risk_fund.lift_fuse": ("poverty_office",),
        "risk_fund.approve_lift": ("finance",),
        "risk_fund.stress": ("director", *_PUBLIC, "system"),
        "risk_fund.platform": ("finance",),
        "risk_fund.guarantee": ("loan_officer",),
        "risk_fund.call_guarantee": ("checker", "director"),
        # enterprises that link up with households
        "enterprises.read": (*_EVERYBODY, "system"),
        "enterprises.recognise": ("poverty_office",),
        "enterprises.approve_recognition": ("poverty_office",),
        "enterprises.pledge": ("finance", "poverty_office"),
        "enterprises.chain": ("poverty_office",),
        "enterprises.framework": ("poverty_office",),
        "enterprises.agree": ("loan_officer", "registrar", "poverty_office"),
        "enterprises.approve_agreement": ("poverty_office",),
        "enterprises.leave": ("registrar", "poverty_office"),
        # a dividend: declared, checked by the village, funded, approved, paid, signed for
        "enterprises.declare": ("registrar", "poverty_office"),
        "enterprises.check": ("registrar",),
        "enterprises.fund": ("finance",),
        "enterprises.approve": ("poverty_office",),
        "enterprises.return": ("registrar", "poverty_office", "finance"),
        "enterprises.pay": ("finance",),
        "enterprises.send": ("finance",),
        "enterprises.bank_return": ("finance",),
        "enterprises.account": ("registrar", "finance"),
        "enterprises.confirm_account": ("poverty_office", "finance"),
        "enterprises.receipt": ("registrar",),
        # a pool's surplus goes back to the enterprise; a dividend nobody can have, into the pool
        "enterprises.refund": ("finance",),
        "enterprises.approve_refund": ("finance", "poverty_office"),
        "enterprises.release": ("registrar", "finance"),
        "enterprises.approve_release": ("poverty_office",),
        "enterprises.unwind": ("loan_officer", "poverty_office"),
        "enterprises.approve_unwind": ("poverty_office",),
        # village funds; their loans are lent by their own people, with the rights of lenders
        "mutual_aid.read": (*_EVERYBODY, "system"),
        "mutual_aid.found": ("registrar", "poverty_office"),
        "mutual_aid.approve_found": ("poverty_office",),
        "mutual_aid.member": ("registrar",),
        "mutual_aid.group": ("registrar",),
        "mutual_aid.vote": ("registrar",),
        # who counts a vote never carries it out, and who notes a leaving never pays the stake
        "mutual_aid.carry_out": ("registrar", "poverty_office"),
        "mutual_aid.money": ("registrar",),
        "mutual_aid.take_in": ("poverty_office", "finance"),
        "mutual_aid.publish": ("registrar",),
        # a county's closed day, handed in to its prefecture as a file
        "indicators.export": ("poverty_office", "administrator", "system"),
        "indicators.import": ("poverty_office", "administrator", "system"),
        # the house itself
        "jobs.close_day": ("system", "administrator"),
        "office.manage_users": ("administrator",),
        "books.verify": ("auditor", "administrator", "system"),
    }
)


def may(by: Actor, command: str) -> bool:
    """Whether any of the actor's roles covers the command."""
    return bool(by.roles.intersection(RIGHTS.get(command, ())))


def sees(by: Actor, *, region: str | None = None, institution_id: int | None = None) -> bool:
    """Whether the actor's scope covers a region and an institution."""
    if region is not None and not region.startswith(by.region_scope):
        return False
    if institution_id is None or by.institution_ids is None:
        return True
    return institution_id in by.institution_ids


def allow(
    by: Actor, command: str, *, region: str | None = None, institution_id: int | None = None
) -> None:
    """Refuse what the actor's roles or scope do not cover."""
    if not may(by, command) or not sees(by, region=region, institution_id=institution_id):
        raise NotEntitled(command=command)
