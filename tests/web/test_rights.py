"""Who may call what: every route of the URL map, every role, strangers, the disabled, other scopes.

The table below is typed from the rule and not read from the views: a route without a row fails,
and so does a view that carries another mark than the row says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from config.wiring import House
from kernel.actor import Actor
from kernel.trail import TrailRow
from office import people
from office.rights import RIGHTS, ROLES
from tests.web import world
from tests.web.conftest import QUICK, Hire, Staff
from web.access import needed_by

ROLES_OF_PEOPLE = tuple(role for role in ROLES if role != "system")

ROUTES = {
    "GET /": "open",
    "GET /login": "open",
    "POST /login": "open",
    "POST /logout": "staff",
    "GET /mine": "open",
    "POST /mine": "open",
    "GET /static/<path:filename>": "open",
    "GET /dashboard": "indicators.read",
    "GET /dashboard/<figure>": "indicators.read",
    "GET /dashboard/<figure>/rows.<any(xlsx, csv):form>": "exports.read",
    "GET /reconciliation": "indicators.read",
    "GET /reconciliation.<any(xlsx, csv):form>": "exports.read",
    "GET /snapshots": "indicators.export",
    "GET /snapshots/<day>.json": "indicators.export",
    "POST /snapshots": "indicators.import",
    "GET /organisations": "organisations.read",
    "GET /organisations.<any(xlsx, csv):form>": "exports.read",
    "POST /organisations": "organisations.register",
    "GET /mutual": "mutual_aid.read",
    "GET /mutual.<any(xlsx, csv):form>": "exports.read",
    "POST /mutual": "mutual_aid.found",
    "GET /mutual/<int:fund_id>": "mutual_aid.read",
    "GET /mutual/<int:fund_id>/<any(members, loans, movements, votes):what>"
    ".<any(xlsx, csv):form>": "exports.read",
    "GET /mutual/<int:fund_id>/lists/<month>": "mutual_aid.read",
    "POST /mutual/<int:key>/join": "mutual_aid.member",
    "POST /mutual/<int:key>/leave": "mutual_aid.member",
    "POST /mutual/<int:key>/stake": "mutual_aid.money",
    "POST /mutual/<int:key>/withdraw": "mutual_aid.money",
    "POST /mutual/<int:key>/group": "mutual_aid.group",
    "POST /mutual/<int:key>/join-group": "mutual_aid.group",
    "POST /mutual/<int:key>/leave-group": "mutual_aid.group",
    "POST /mutual/<int:key>/take-in": "mutual_aid.take_in",
    "POST /mutual/<int:key>/vote": "mutual_aid.vote",
    "POST /mutual/<int:key>/list": "mutual_aid.publish",
    "GET /mutual/votes/<int:vote_id>": "mutual_aid.read",
    "POST /mutual/votes/<int:vote_id>/ballots": "mutual_aid.vote",
    "POST /mutual/votes/<int:key>/count": "mutual_aid.vote",
    "POST /mutual/votes/<int:key>/carry-out": "mutual_aid.carry_out",
    "POST /mutual/votes/<int:key>/hand-over": "mutual_aid.carry_out",
    "GET /mutual/<int:fund_id>/sheet": "mutual_aid.member",
    "GET /mutual/members.xlsx": "mutual_aid.member",
    "POST /mutual/<int:fund_id>/sheet": "mutual_aid.member",
    "GET /households": "households.read",
    "GET /households.<any(xlsx, csv):form>": "exports.read",
    "GET /households/<int:household_id>": "households.read",
    "POST /households/<int:household_id>/slip": "households.slip",
    "GET /households/<int:household_id>/card.<any(pdf, xlsx):form>": "exports.read",
    "GET /levels": "households.read",
    "GET /levels/<code>": "households.read",
    "GET /levels/<code>.<any(pdf, xlsx):form>": "exports.read",
    "GET /helping": "households.read",
    "GET /helping/helpers": "households.read",
    "GET /helping/helpers.<any(xlsx, csv):form>": "exports.read",
    "GET /helping/unvisited": "households.read",
    "GET /helping/unvisited.<any(xlsx, csv):form>": "exports.read",
    "GET /helping/sheets/<any(measures, pairs, visits, projects):kind>": "households.help",
    "GET /helping/sheets/<any(measures, pairs, visits, projects):kind>.xlsx": "households.help",
    "POST /helping/sheets/<any(measures, pairs, visits, projects):kind>": "households.help",
    "GET /households/<int:household_id>/help": "households.read",
    "POST /households/<int:household_id>/help/measures": "households.help",
    "POST /households/<int:household_id>/help/helper": "households.help",
    "POST /households/<int:household_id>/help/visits": "households.help",
    "POST /households/<int:household_id>/help/pairs/<int:pair_id>/end": "households.help",
    "POST /households/<int:household_id>/help/<any(measure, visit):kind>/<int:row_id>": (
        "households.help"
    ),
    "GET /helping/projects": "households.read",
    "GET /helping/projects/<int:project_id>": "households.read",
    "POST /helping/projects/<int:project_id>/households": "households.help",
    "POST /helping/projects/<int:project_id>/households/<int:row_id>/withdraw": ("households.help"),
    "GET /helping/funds": "households.read",
    "POST /helping/funds": "households.special_funds",
    "GET /helping/funds/<int:fund_id>": "households.read",
    "POST /helping/funds/<int:fund_id>/uses": "households.special_funds",
    "POST /helping/funds/<int:fund_id>/uses/<int:use_id>/back": "households.special_funds",
    "GET /enterprises": "enterprises.read",
    "POST /enterprises": "enterprises.recognise",
    "GET /enterprises.<any(xlsx, csv):form>": "exports.read",
    "GET /enterprises/<int:organisation_id>": "enterprises.read",
    "POST /enterprises/<int:organisation_id>/agreements": "enterprises.agree",
    "GET /enterprises/<int:organisation_id>/agreements/new": "enterprises.agree",
    "POST /enterprises/<int:organisation_id>/chains": "enterprises.chain",
    "POST /enterprises/<int:organisation_id>/chains/<int:chain_id>/end": "enterprises.chain",
    "POST /enterprises/<int:organisation_id>/fundings": "enterprises.fund",
    "POST /enterprises/<int:organisation_id>/refunds": "enterprises.refund",
    "POST /enterprises/dividends/<int:round_id>/releases": "enterprises.release",
    "POST /enterprises/<int:organisation_id>/recognitions/<int:recognition_id>/withdrawal": (
        "enterprises.approve_recognition"
    ),
    "POST /enterprises/<int:organisation_id>/securities": "enterprises.pledge",
    "POST /enterprises/<int:organisation_id>/securities/<int:security_id>/release": (
        "enterprises.pledge"
    ),
    "GET /enterprises/agreements": "enterprises.read",
    "GET /enterprises/agreements.<any(xlsx, csv):form>": "exports.read",
    "GET /enterprises/agreements/<int:agreement_id>": "enterprises.read",
    "POST /enterprises/agreements/<int:agreement_id>/conversions": "enterprises.unwind",
    "POST /enterprises/agreements/<int:agreement_id>/end": "enterprises.approve_unwind",
    "GET /enterprises/agreements/<int:agreement_id>/households.<any(xlsx, csv):form>": (
        "exports.read"
    ),
    "POST /enterprises/agreements/<int:agreement_id>/leavings": "enterprises.leave",
    "POST /enterprises/agreements/<int:agreement_id>/lists": "enterprises.agree",
    "POST /enterprises/agreements/<int:agreement_id>/unwindings": "enterprises.unwind",
    "GET /enterprises/agreements/template.xlsx": "enterprises.agree",
    "GET /enterprises/chains": "enterprises.read",
    "GET /enterprises/chains.<any(xlsx, csv):form>": "exports.read",
    "GET /enterprises/dividends": "enterprises.read",
    "GET /enterprises/dividends.<any(xlsx, csv):form>": "exports.read",
    "GET /enterprises/dividends/<int:round_id>": "enterprises.read",
    "GET /enterprises/dividends/<int:round_id>/accounts/<int:household_id>": "enterprises.account",
    "POST /enterprises/dividends/<int:round_id>/accounts/<int:household_id>": "enterprises.account",
    "POST /enterprises/dividends/<int:round_id>/approve": "enterprises.approve",
    "POST /enterprises/dividends/<int:round_id>/bank-return": "enterprises.bank_return",
    "GET /enterprises/dividends/<int:round_id>/bank-return.csv": "enterprises.pay",
    "POST /enterprises/dividends/<int:round_id>/check": "enterprises.check",
    "POST /enterprises/dividends/<int:round_id>/declare": "enterprises.declare",
    "POST /enterprises/dividends/<int:round_id>/discard": "enterprises.pay",
    "POST /enterprises/dividends/<int:round_id>/file": "enterprises.pay",
    "GET /enterprises/dividends/<int:round_id>/files/<int:nr>": "enterprises.read",
    "POST /enterprises/dividends/<int:round_id>/fund": "enterprises.fund",
    "GET /enterprises/dividends/<int:round_id>/payment.<any(csv, txt):form>": "enterprises.pay",
    "POST /enterprises/dividends/<int:round_id>/receipt": "enterprises.receipt",
    "POST /enterprises/dividends/<int:round_id>/return": "enterprises.return",
    "GET /enterprises/dividends/<int:round_id>/rows.<any(xlsx, csv):form>": "exports.read",
    "GET /enterprises/dividends/<int:round_id>/rows/<int:household_id>/why": "enterprises.read",
    "POST /enterprises/dividends/<int:round_id>/send": "enterprises.send",
    "POST /enterprises/dividends/<int:round_id>/settle": "enterprises.declare",
    "GET /enterprises/dividends/arrears.<any(xlsx, csv):form>": "exports.read",
    "GET /enterprises/frameworks": "enterprises.read",
    "POST /enterprises/frameworks": "enterprises.framework",
    "GET /families": "households.read",
    "GET /families.<any(xlsx, csv):form>": "exports.read",
    "GET /households/<int:household_id>/family": "households.read",
    "POST /households/<int:household_id>/family/<any(birth, marriage_in, moved_in):kind>": (
        "households.family"
    ),
    "POST /households/<int:household_id>/family/<any(death, marriage_out, moved_away):kind>": (
        "households.family"
    ),
    "POST /households/<int:household_id>/family/new_head": "households.family",
    "POST /households/<int:household_id>/family/split": "households.family",
    "POST /households/<int:household_id>/family/merge": "households.family",
    "POST /households/<int:household_id>/family/identity": "households.family",
    "POST /households/<int:household_id>/family/own-limit": "households.propose_own_limit",
    "GET /need": "households.read",
    "GET /need.<any(xlsx, csv):form>": "exports.read",
    "POST /need/rounds": "households.need_round",
    "POST /need/lead-banks": "households.need_round",
    "GET /need/answers": "households.read",
    "GET /need/answers.<any(xlsx, csv):form>": "exports.read",
    "GET /need/queue": "households.read",
    "GET /need/queue.<any(xlsx, csv):form>": "exports.read",
    "GET /need/sheet": "households.need",
    "GET /need/sheet.xlsx": "households.need",
    "POST /need/sheet": "households.need",
    "GET /households/<int:household_id>/need": "households.read",
    "POST /households/<int:household_id>/need": "households.need",
    "GET /identification": "households.read",
    "GET /identification/cases.<any(xlsx, csv):form>": "exports.read",
    "GET /identification/cases/<int:case_id>": "households.read",
    "GET /identification/rounds": "households.read",
    "POST /identification/rounds": "households.county_review",
    "POST /identification/samples": "households.sample",
    "GET /identification/samples.<any(xlsx, csv):form>": "exports.read",
    "GET /identification/villages": "households.read",
    "GET /identification/villages.<any(xlsx, csv):form>": "exports.read",
    "POST /identification/villages": "households.county_decide",
    "POST /identification/populations": "households.sample",
    "GET /identification/lists": "households.read",
    "GET /identification/lists.<any(xlsx, csv):form>": "exports.read",
    "GET /identification/lists/new": "households.county_review",
    "POST /identification/lists/new": "households.county_review",
    "GET /identification/lists/<int:list_id>": "households.read",
    "GET /identification/lists/<int:list_id>.<any(xlsx, csv):form>": "exports.read",
    "POST /identification/lists/<int:list_id>": "households.county_decide",
    "GET /identification/notices": "households.read",
    "GET /identification/objections": "households.read",
    "GET /identification/objections.<any(xlsx, csv):form>": "exports.read",
    "POST /identification/sheets/<int:sheet_id>/objections": "households.object",
    "POST /identification/objections/<int:objection_id>/answer": "households.answer",
    "GET /notices/lists": "open",
    "GET /notices/lists/<int:sheet_id>": "open",
    "GET /identification/new": "households.identify",
    "POST /identification/new": "households.identify",
    "GET /identification/steps/<procedure>/<step>": "households.take_step",
    "GET /identification/steps/<procedure>/<step>.xlsx": "households.take_step",
    "POST /identification/steps/<procedure>/<step>": "households.take_step",
    "GET /identification/sheets": "households.read",
    "GET /identification/sheets/<int:sheet_id>": "households.read",
    "GET /identification/sheets/<int:sheet_id>.<any(xlsx, csv):form>": "exports.read",
    "GET /identification/sheets/<int:sheet_id>/papers/<int:attachment_id>": "households.open_paper",
    "GET /households/<int:household_id>/survey": "households.read",
    "POST /households/<int:household_id>/survey": "households.identify",
    "GET /imports/households": "households.import",
    "POST /imports/households": "households.import",
    "POST /imports/households/apply": "households.import",
    "GET /imports/households/annotated/<ticket>": "households.import",
    "GET /imports/households/template.xlsx": "households.import",
    "GET /loans": "loans.read",
    "GET /loans.<any(xlsx, csv):form>": "exports.read",
    "GET /loans/<number>": "loans.read",
    "GET /loans/<number>/papers/contract.pdf": "loans.print",
    "GET /loans/papers/slips/<slip_number>.pdf": "loans.print",
    "GET /loans/<number>/papers/<any(interest, notice, settled):kind>.pdf": "loans.read",
    "GET /loans/<number>/why/<any(settlements, repayments, dues):kind>/<int:key>": "loans.read",
    "GET /loans/<number>/why/<any(grade, balance, plan):what>": "loans.read",
    "GET /loans/<number>/statement": "loans.read",
    "GET /loans/<number>/corrections": "loans.read",
    "GET /loans/<number>/what-if": "loans.read",
    "POST /loans/<number>/<any(disbursements, repayments, changes):kind>/<int:key>/reversal": (
        "loans.reverse"
    ),
    "GET /grades": "loans.read",
    "GET /grades.<any(xlsx, csv):form>": "exports.read",
    "GET /queue": "loans.read",
    "GET /queue/<kind>": "loans.read",
    "GET /queue/<kind>.<any(xlsx, csv):form>": "exports.read",
    "GET /loans/<number>/file": "loans.read",
    "GET /loans/<number>/file/scans/<int:attachment_id>": "loans.open_scan",
    "GET /loans/<number>/deeds": "loans.read",
    "POST /loans/<number>/file/papers": "loans.note_paper",
    "POST /loans/<number>/file/checks": "loans.post_check",
    "POST /loans/<number>/file/contacts": "loans.contact",
    "POST /loans/<number>/file/lives": "loans.life_event",
    "POST /loans/<number>/file/ways": "loans.way",
    "GET /applications/<int:application_id>/file": "loans.read",
    "GET /applications/<int:application_id>/file/scans/<int:attachment_id>": "loans.open_scan",
    "POST /applications/<int:application_id>/file/papers": "loans.note_paper",
    "POST /loans/<number>/changes": "loans.propose_change",
    "POST /loans/<number>/refund": "loans.repay",
    "POST /loans/<number>/renewal": "loans.renew",
    "GET /changes": "loans.read",
    "GET /changes/new/<kind>": "loans.propose_change",
    "POST /changes/new/<kind>": "loans.propose_change",
    "POST /changes/new/<kind>/propose": "loans.propose_change",
    "GET /changes/new/<kind>/template.xlsx": "loans.propose_change",
    "GET /changes/<int:sheet_id>": "loans.read",
    "POST /changes/<int:sheet_id>": "proposals.decide",
    "GET /proposals": "proposals.read",
    "GET /proposals/<int:proposal_id>": "proposals.read",
    "POST /proposals/<int:proposal_id>": "proposals.decide",
    "GET /batches": "loans.apply",
    "POST /batches/contracts": "loans.sign",
    "GET /batches/sheets/<int:sheet_id>": "loans.read",
    "GET /batches/sheets/<int:sheet_id>/disbursements.xlsx": "loans.read",
    "POST /batches/sheets/<int:sheet_id>/drop": "loans.sign",
    "GET /batches/ratings": "credit.propose",
    "POST /batches/ratings": "credit.propose",
    "POST /batches/ratings/book": "credit.propose",
    "GET /batches/ratings/template.xlsx": "credit.propose",
    "GET /batches/applications": "loans.apply",
    "POST /batches/applications": "loans.apply",
    "POST /batches/applications/book": "loans.apply",
    "GET /batches/applications/template.xlsx": "loans.apply",
    "GET /batches/shares": "loans.apply",
    "POST /batches/shares": "loans.apply",
    "POST /batches/shares/book": "loans.apply",
    "GET /batches/shares/template.xlsx": "loans.apply",
    "GET /batches/disbursements": "loans.disburse",
    "POST /batches/disbursements": "loans.disburse",
    "POST /batches/disbursements/book": "loans.disburse",
    "GET /batches/disbursements/template.xlsx": "loans.disburse",
    "GET /batches/repayments": "loans.repay",
    "POST /batches/repayments": "loans.repay",
    "POST /batches/repayments/book": "loans.repay",
    "GET /batches/repayments/template.xlsx": "loans.repay",
    "GET /subsidies": "subsidies.read",
    "GET /subsidies.<any(xlsx, csv):form>": "exports.read",
    "GET /subsidies/ages.<any(xlsx, csv):form>": "exports.read",
    "POST /subsidies/claims": "subsidies.draft",
    "GET /subsidies/claims/<int:claim_id>": "subsidies.read",
    "GET /subsidies/claims/<int:claim_id>/rows.<any(xlsx, csv):form>": "exports.read",
    "GET /subsidies/claims/<int:claim_id>/papers/<any(sheet, workbook, letter):kind>": (
        "subsidies.read"
    ),
    "GET /subsidies/entitlements/<int:entitlement_id>/why": "subsidies.read",
    "POST /subsidies/objections/<int:objection_id>/answer": "subsidies.answer",
    "POST /subsidies/claims/<int:claim_id>/check": "subsidies.check",
    "POST /subsidies/claims/<int:claim_id>/submit": "subsidies.submit",
    "POST /subsidies/claims/<int:claim_id>/withdraw": "subsidies.withdraw",
    "POST /subsidies/claims/<int:claim_id>/recompute": "subsidies.recompute",
    "POST /subsidies/claims/<int:claim_id>/confirm": "subsidies.confirm",
    "POST /subsidies/claims/<int:claim_id>/notice": "subsidies.notice",
    "POST /subsidies/claims/<int:claim_id>/object": "subsidies.object",
    "POST /subsidies/claims/<int:claim_id>/approve": "subsidies.approve",
    "POST /subsidies/claims/<int:claim_id>/return": "subsidies.return",
    "POST /subsidies/claims/<int:claim_id>/file": "subsidies.pay",
    "POST /subsidies/claims/<int:claim_id>/discard": "subsidies.pay",
    "POST /subsidies/claims/<int:claim_id>/send": "subsidies.send",
    "POST /subsidies/claims/<int:claim_id>/receipt": "subsidies.receipt",
    "GET /subsidies/claims/<int:claim_id>/payment.<any(csv, txt):form>": "subsidies.pay",
    "GET /subsidies/claims/<int:claim_id>/bank-return.csv": "subsidies.pay",
    "GET /subsidies/claims/<int:claim_id>/files/<int:nr>": "subsidies.read",
    "POST /subsidies/claims/<int:claim_id>/bank-return": "subsidies.bank_return",
    "POST /subsidies/give-backs": "subsidies.give_back",
    "GET /subsidies/accounts/<any(households, organisations):kind>/<int:payee_id>": (
        "subsidies.account"
    ),
    "POST /subsidies/accounts/<any(households, organisations):kind>/<int:payee_id>": (
        "subsidies.account"
    ),
    "GET /subsidies/clawbacks": "subsidies.read",
    "POST /subsidies/clawbacks": "subsidies.clawback",
    "GET /notices": "open",
    "GET /notices/<path:number>": "open",
    "GET /subsidies/forecast": "subsidies.read",
    "GET /subsidies/forecast.xlsx": "subsidies.read",
    "GET /subsidies/budget": "subsidies.read",
    "POST /subsidies/budget": "subsidies.budget",
    "GET /subsidies/budget.<any(xlsx, csv):form>": "exports.read",
    "GET /subsidies/budget/<int:line_id>": "subsidies.read",
    "POST /subsidies/budget/<int:line_id>/changes": "subsidies.budget",
    "POST /subsidies/budget/<int:line_id>/changes/<int:proposal_id>": "subsidies.approve_budget",
    "GET /subsidies/programmes": "subsidies.read",
    "GET /fund": "risk_fund.read",
    "POST /fund/accounts": "risk_fund.open",
    "GET /fund/accounts/<int:account_id>": "risk_fund.read",
    "GET /fund/accounts/<int:account_id>/movements.<any(xlsx, csv):form>": "exports.read",
    "GET /fund/accounts/<int:account_id>/why": "risk_fund.read",
    "POST /fund/accounts/<int:account_id>/orders": "risk_fund.contribute",
    "POST /fund/orders/<int:proposal_id>": "risk_fund.approve_contribution",
    "POST /fund/accounts/<int:account_id>/interest": "risk_fund.interest",
    "GET /fund/statements/template.xlsx": "risk_fund.statement",
    "POST /fund/accounts/<int:account_id>/statements": "risk_fund.statement",
    "GET /fund/statements/<int:statement_id>": "risk_fund.read",
    "POST /fund/statements/<int:statement_id>/proposal": "risk_fund.statement",
    "POST /fund/statements/<int:statement_id>/decision/<int:proposal_id>": (
        "risk_fund.approve_statement"
    ),
    "GET /fund/claims": "risk_fund.read",
    "GET /fund/claims.<any(xlsx, csv):form>": "exports.read",
    "GET /fund/claims/new/<number>": "risk_fund.claim",
    "POST /fund/claims/new/<number>": "risk_fund.claim",
    "GET /fund/claims/<int:claim_id>": "risk_fund.read",
    "POST /fund/claims/<int:claim_id>/check": "risk_fund.check_claim",
    "POST /fund/claims/<int:claim_id>/review": "risk_fund.review",
    "POST /fund/claims/<int:claim_id>/approve": "risk_fund.approve",
    "POST /fund/claims/<int:claim_id>/withdraw": "risk_fund.claim",
    "POST /fund/claims/<int:claim_id>/pay": "risk_fund.pay",
    "POST /fund/claims/<int:claim_id>/companies": "risk_fund.return",
    "GET /fund/recoveries": "risk_fund.read",
    "GET /fund/recoveries.<any(xlsx, csv):form>": "exports.read",
    "POST /fund/accounts/<int:account_id>/returns": "risk_fund.return",
    "GET /fund/fuse": "risk_fund.read",
    "POST /fund/fuse/lifts": "risk_fund.lift_fuse",
    "POST /fund/fuse/lifts/<int:proposal_id>": "risk_fund.approve_lift",
    "GET /fund/platforms": "risk_fund.read",
    "POST /fund/platforms": "risk_fund.platform",
    "POST /fund/guarantees": "risk_fund.guarantee",
    "POST /fund/guarantees/<any(call, release):deed>": "risk_fund.call_guarantee",
    "POST /fund/guarantees/recovery": "risk_fund.return",
    "GET /fund/stress": "risk_fund.stress",
    "GET /api/v1/docs": "open",
    "GET /api/v1/docs/<path:name>": "open",
    "GET /api/v1/openapi.json": "open",
    "POST /api/v1/session": "open",
    "GET /api/v1/session": "staff",
    "DELETE /api/v1/session": "staff",
    "GET /api/v1/business-day": "policy.read",
    "POST /api/v1/business-day/close": "jobs.close_day",
    "GET /api/v1/policy": "policy.read",
    "POST /api/v1/schedule": "policy.read",
    "GET /api/v1/indicators": "indicators.read",
    "GET /api/v1/indicators/<figure>/rows": "indicators.read",
    "GET /api/v1/reconciliation": "indicators.read",
    "GET /api/v1/village-funds": "mutual_aid.read",
    "POST /api/v1/village-funds": "mutual_aid.found",
    "GET /api/v1/village-funds/<int:fund_id>": "mutual_aid.read",
    "GET /api/v1/village-funds/<int:fund_id>/movements": "mutual_aid.read",
    "GET /api/v1/village-funds/<int:fund_id>/months/<month>": "mutual_aid.read",
    "GET /api/v1/village-funds/votes/<int:vote_id>": "mutual_aid.read",
    "POST /api/v1/village-funds/votes/<int:vote_id>/ballots": "mutual_aid.vote",
    "POST /api/v1/village-funds/<int:key>/join": "mutual_aid.member",
    "POST /api/v1/village-funds/<int:key>/leave": "mutual_aid.member",
    "POST /api/v1/village-funds/<int:key>/stake": "mutual_aid.money",
    "POST /api/v1/village-funds/<int:key>/withdraw": "mutual_aid.money",
    "POST /api/v1/village-funds/<int:key>/group": "mutual_aid.group",
    "POST /api/v1/village-funds/<int:key>/join-group": "mutual_aid.group",
    "POST /api/v1/village-funds/<int:key>/leave-group": "mutual_aid.group",
    "POST /api/v1/village-funds/<int:key>/take-in": "mutual_aid.take_in",
    "POST /api/v1/village-funds/<int:key>/vote": "mutual_aid.vote",
    "POST /api/v1/village-funds/<int:key>/list": "mutual_aid.publish",
    "POST /api/v1/village-funds/votes/<int:key>/count": "mutual_aid.vote",
    "POST /api/v1/village-funds/votes/<int:key>/carry-out": "mutual_aid.carry_out",
    "POST /api/v1/village-funds/votes/<int:key>/hand-over": "mutual_aid.carry_out",
    "POST /api/v1/village-funds/<int:fund_id>/members/file": "mutual_aid.member",
    "GET /api/v1/households": "households.read",
    "GET /api/v1/households/<int:household_id>": "households.read",
    "POST /api/v1/households/import": "households.import",
    "GET /api/v1/identification/procedures": "households.read",
    "GET /api/v1/identification/waiting": "households.read",
    "GET /api/v1/identification/cases": "households.read",
    "GET /api/v1/identification/cases/<int:case_id>": "households.read",
    "POST /api/v1/identification/cases": "households.identify",
    "POST /api/v1/identification/steps/<procedure>/<step>": "households.take_step",
    "GET /api/v1/identification/sheets/<int:sheet_id>": "households.read",
    "GET /api/v1/identification/objections": "households.read",
    "POST /api/v1/identification/sheets/<int:sheet_id>/objections": "households.object",
    "POST /api/v1/identification/objections/<int:objection_id>/answer": "households.answer",
    "GET /api/v1/households/<int:household_id>/surveys": "households.read",
    "POST /api/v1/households/<int:household_id>/surveys": "households.identify",
    "GET /api/v1/notices/lists": "open",
    "GET /api/v1/notices/lists/<int:sheet_id>": "open",
    "GET /api/v1/identification/lists": "households.read",
    "GET /api/v1/identification/lists/<int:list_id>/households": "households.read",
    "POST /api/v1/identification/lists": "households.county_review",
    "GET /api/v1/identification/rounds": "households.read",
    "POST /api/v1/identification/rounds": "households.county_review",
    "GET /api/v1/identification/samples": "households.read",
    "POST /api/v1/identification/samples": "households.sample",
    "POST /api/v1/identification/populations": "households.sample",
    "GET /api/v1/identification/villages": "households.read",
    "POST /api/v1/identification/villages": "households.county_decide",
    "GET /api/v1/family-events": "households.read",
    "GET /api/v1/households/<int:household_id>/family": "households.read",
    "POST /api/v1/households/<int:household_id>/family/arrivals": "households.family",
    "POST /api/v1/households/<int:household_id>/family/departures": "households.family",
    "POST /api/v1/households/<int:household_id>/family/head": "households.family",
    "POST /api/v1/households/<int:household_id>/family/split": "households.family",
    "POST /api/v1/households/<int:household_id>/family/merge": "households.family",
    "POST /api/v1/households/<int:household_id>/family/identity": "households.family",
    "POST /api/v1/households/<int:household_id>/own-limit": "households.propose_own_limit",
    "GET /api/v1/need/rounds": "households.read",
    "POST /api/v1/need/rounds": "households.need_round",
    "GET /api/v1/need/rounds/<int:round_id>/townships": "households.read",
    "GET /api/v1/need/rounds/<int:round_id>/answers": "households.read",
    "GET /api/v1/need/rounds/<int:round_id>/queue": "households.read",
    "POST /api/v1/need/lead-banks": "households.need_round",
    "POST /api/v1/households/<int:household_id>/need": "households.need",
    "POST /api/v1/need/answers": "households.need",
    "GET /api/v1/villages/<code>/book": "households.read",
    "GET /api/v1/townships/<code>/file": "households.read",
    "GET /api/v1/regions/<code>/platform": "households.read",
    "GET /api/v1/households/<int:household_id>/help": "households.read",
    "GET /api/v1/help/helpers": "households.read",
    "GET /api/v1/help/unvisited": "households.read",
    "POST /api/v1/help/measures": "households.help",
    "POST /api/v1/help/pairs": "households.help",
    "POST /api/v1/help/pairs/<int:pair_id>/end": "households.help",
    "POST /api/v1/help/visits": "households.help",
    "POST /api/v1/help/withdrawals": "households.help",
    "GET /api/v1/industry-projects": "households.read",
    "GET /api/v1/special-funds": "households.read",
    "POST /api/v1/special-funds": "households.special_funds",
    "POST /api/v1/special-funds/<int:fund_id>/uses": "households.special_funds",
    "POST /api/v1/special-funds/uses/<int:use_id>/back": "households.special_funds",
    "GET /api/v1/organisations": "organisations.read",
    "POST /api/v1/organisations": "organisations.register",
    "POST /api/v1/ratings/sheets": "credit.propose",
    "GET /api/v1/proposals": "proposals.read",
    "POST /api/v1/proposals/<int:proposal_id>/decision": "proposals.decide",
    "POST /api/v1/loans/applications": "loans.apply",
    "POST /api/v1/loans/applications/file": "loans.apply",
    "POST /api/v1/loans/applications/list": "loans.apply",
    "POST /api/v1/loans/contracts": "loans.sign",
    "POST /api/v1/loans/sheets/<int:sheet_id>/drop": "loans.sign",
    "POST /api/v1/loans/disbursements": "loans.disburse",
    "POST /api/v1/loans/disbursements/file": "loans.disburse",
    "POST /api/v1/loans/disbursements/<slip_number>/reversal": "loans.reverse",
    "POST /api/v1/loans/repayments": "loans.repay",
    "POST /api/v1/loans/repayments/file": "loans.repay",
    "GET /api/v1/loans": "loans.read",
    "GET /api/v1/loans/<number>": "loans.read",
    "POST /api/v1/loans/changes": "loans.propose_change",
    "POST /api/v1/loans/changes/file": "loans.propose_change",
    "GET /api/v1/loans/changes": "loans.read",
    "GET /api/v1/loans/changes/<int:sheet_id>": "loans.read",
    "POST /api/v1/loans/changes/<int:sheet_id>/decision": "proposals.decide",
    "GET /api/v1/loans/<number>/changes": "loans.read",
    "POST /api/v1/loans/refunds": "loans.repay",
    "POST /api/v1/loans/renewals": "loans.renew",
    "GET /api/v1/loans/<number>/schedule": "loans.read",
    "GET /api/v1/loans/<number>/grade/why": "loans.read",
    "GET /api/v1/loans/<number>/papers/contract.pdf": "loans.print",
    "GET /api/v1/loans/papers/slips/<slip_number>.pdf": "loans.print",
    "GET /api/v1/loans/<number>/papers/interest.pdf": "loans.read",
    "GET /api/v1/loans/<number>/papers/notice.pdf": "loans.read",
    "GET /api/v1/loans/<number>/papers/settled.pdf": "loans.read",
    "GET /api/v1/loans/<number>/file": "loans.read",
    "GET /api/v1/loans/<number>/deeds": "loans.read",
    "POST /api/v1/loans/<number>/papers": "loans.note_paper",
    "POST /api/v1/applications/<int:application_id>/papers": "loans.note_paper",
    "POST /api/v1/loans/<number>/checks": "loans.post_check",
    "POST /api/v1/loans/<number>/contacts": "loans.contact",
    "POST /api/v1/loans/<number>/life-events": "loans.life_event",
    "POST /api/v1/loans/<number>/ways": "loans.way",
    "GET /api/v1/queue": "loans.read",
    "GET /api/v1/queue/<kind>": "loans.read",
    "GET /api/v1/settlements/<int:settlement_id>/why": "loans.read",
    "GET /api/v1/repayments/<int:repayment_id>/why": "loans.read",
    "GET /api/v1/dues/<int:due_id>/why": "loans.read",
    "GET /api/v1/loans/<number>/balance/why": "loans.read",
    "GET /api/v1/loans/<number>/plan/why": "loans.read",
    "GET /api/v1/loans/<number>/statement": "loans.read",
    "GET /api/v1/loans/<number>/what-if": "loans.read",
    "GET /api/v1/loans/<number>/corrections": "loans.read",
    "POST /api/v1/loans/<number>/reversals": "loans.reverse",
    "GET /api/v1/grades/migration": "loans.read",
    "GET /api/v1/enterprises": "enterprises.read",
    "GET /api/v1/enterprises/<int:organisation_id>": "enterprises.read",
    "POST /api/v1/enterprises/accounts": "enterprises.account",
    "GET /api/v1/enterprises/agreements": "enterprises.read",
    "POST /api/v1/enterprises/agreements": "enterprises.agree",
    "GET /api/v1/enterprises/agreements/<int:agreement_id>": "enterprises.read",
    "POST /api/v1/enterprises/agreements/<int:agreement_id>/conversions": "enterprises.unwind",
    "POST /api/v1/enterprises/agreements/<int:agreement_id>/end": "enterprises.approve_unwind",
    "GET /api/v1/enterprises/agreements/<int:agreement_id>/households": "enterprises.read",
    "POST /api/v1/enterprises/agreements/<int:agreement_id>/leavings": "enterprises.leave",
    "POST /api/v1/enterprises/agreements/<int:agreement_id>/lists": "enterprises.agree",
    "GET /api/v1/enterprises/agreements/<int:agreement_id>/loans": "enterprises.read",
    "POST /api/v1/enterprises/agreements/<int:agreement_id>/unwindings": "enterprises.unwind",
    "GET /api/v1/enterprises/chains": "enterprises.read",
    "POST /api/v1/enterprises/chains": "enterprises.chain",
    "POST /api/v1/enterprises/chains/<int:chain_id>/end": "enterprises.chain",
    "GET /api/v1/enterprises/dividends": "enterprises.read",
    "GET /api/v1/enterprises/dividends/<int:round_id>": "enterprises.read",
    "POST /api/v1/enterprises/dividends/<int:round_id>/approve": "enterprises.approve",
    "POST /api/v1/enterprises/dividends/<int:round_id>/bank-return": "enterprises.bank_return",
    "POST /api/v1/enterprises/dividends/<int:round_id>/check": "enterprises.check",
    "POST /api/v1/enterprises/dividends/<int:round_id>/declare": "enterprises.declare",
    "POST /api/v1/enterprises/dividends/<int:round_id>/discard": "enterprises.pay",
    "POST /api/v1/enterprises/dividends/<int:round_id>/file": "enterprises.pay",
    "GET /api/v1/enterprises/dividends/<int:round_id>/files/<int:nr>/rows": "enterprises.read",
    "POST /api/v1/enterprises/dividends/<int:round_id>/fund": "enterprises.fund",
    "GET /api/v1/enterprises/dividends/<int:round_id>/payment-file": "enterprises.pay",
    "POST /api/v1/enterprises/dividends/<int:round_id>/receipt": "enterprises.receipt",
    "POST /api/v1/enterprises/dividends/<int:round_id>/return": "enterprises.return",
    "GET /api/v1/enterprises/dividends/<int:round_id>/rows": "enterprises.read",
    "GET /api/v1/enterprises/dividends/<int:round_id>/rows/<int:household_id>/why": (
        "enterprises.read"
    ),
    "POST /api/v1/enterprises/dividends/<int:round_id>/send": "enterprises.send",
    "POST /api/v1/enterprises/dividends/<int:round_id>/settle": "enterprises.declare",
    "GET /api/v1/enterprises/dividends/arrears": "enterprises.read",
    "GET /api/v1/enterprises/frameworks": "enterprises.read",
    "POST /api/v1/enterprises/frameworks": "enterprises.framework",
    "POST /api/v1/enterprises/fundings": "enterprises.fund",
    "GET /api/v1/enterprises/pools": "enterprises.read",
    "POST /api/v1/enterprises/recognitions": "enterprises.recognise",
    "POST /api/v1/enterprises/recognitions/<int:recognition_id>/withdrawal": (
        "enterprises.approve_recognition"
    ),
    "POST /api/v1/enterprises/refunds": "enterprises.refund",
    "POST /api/v1/enterprises/dividends/<int:round_id>/releases": "enterprises.release",
    "POST /api/v1/enterprises/securities": "enterprises.pledge",
    "POST /api/v1/enterprises/securities/<int:security_id>/release": "enterprises.pledge",
    "GET /api/v1/subsidies/figures": "subsidies.read",
    "GET /api/v1/subsidies/ages": "subsidies.read",
    "GET /api/v1/subsidies/claims": "subsidies.read",
    "GET /api/v1/subsidies/claims/waiting": "subsidies.read",
    "POST /api/v1/subsidies/claims": "subsidies.draft",
    "GET /api/v1/subsidies/claims/<int:claim_id>": "subsidies.read",
    "GET /api/v1/subsidies/claims/<int:claim_id>/rows": "subsidies.read",
    "GET /api/v1/subsidies/claims/<int:claim_id>/papers/sheet.pdf": "subsidies.read",
    "GET /api/v1/subsidies/claims/<int:claim_id>/papers/workbook.xlsx": "subsidies.read",
    "GET /api/v1/subsidies/claims/<int:claim_id>/papers/letter.docx": "subsidies.read",
    "GET /api/v1/subsidies/entitlements/<int:entitlement_id>/why": "subsidies.read",
    "POST /api/v1/subsidies/objections/<int:objection_id>/answer": "subsidies.answer",
    "POST /api/v1/subsidies/claims/<int:claim_id>/check": "subsidies.check",
    "POST /api/v1/subsidies/claims/<int:claim_id>/submit": "subsidies.submit",
    "POST /api/v1/subsidies/claims/<int:claim_id>/withdraw": "subsidies.withdraw",
    "POST /api/v1/subsidies/claims/<int:claim_id>/recompute": "subsidies.recompute",
    "POST /api/v1/subsidies/claims/<int:claim_id>/confirm": "subsidies.confirm",
    "POST /api/v1/subsidies/claims/<int:claim_id>/notice": "subsidies.notice",
    "POST /api/v1/subsidies/claims/<int:claim_id>/object": "subsidies.object",
    "POST /api/v1/subsidies/claims/<int:claim_id>/approve": "subsidies.approve",
    "POST /api/v1/subsidies/claims/<int:claim_id>/return": "subsidies.return",
    "POST /api/v1/subsidies/claims/<int:claim_id>/file": "subsidies.pay",
    "POST /api/v1/subsidies/claims/<int:claim_id>/discard": "subsidies.pay",
    "POST /api/v1/subsidies/claims/<int:claim_id>/send": "subsidies.send",
    "POST /api/v1/subsidies/claims/<int:claim_id>/receipt": "subsidies.receipt",
    "GET /api/v1/subsidies/claims/<int:claim_id>/files/<int:nr>/rows": "subsidies.read",
    "GET /api/v1/subsidies/claims/<int:claim_id>/payment-file": "subsidies.pay",
    "POST /api/v1/subsidies/claims/<int:claim_id>/bank-return": "subsidies.bank_return",
    "GET /api/v1/subsidies/accounts": "subsidies.account",
    "POST /api/v1/subsidies/accounts": "subsidies.account",
    "POST /api/v1/subsidies/give-backs": "subsidies.give_back",
    "GET /api/v1/subsidies/clawbacks": "subsidies.read",
    "POST /api/v1/subsidies/clawbacks": "subsidies.clawback",
    "GET /api/v1/notices": "open",
    "GET /api/v1/notices/<path:number>": "open",
    "GET /api/v1/subsidies/forecast": "subsidies.read",
    "GET /api/v1/subsidies/budget": "subsidies.read",
    "POST /api/v1/subsidies/budget": "subsidies.budget",
    "POST /api/v1/subsidies/budget/<int:line_id>/changes": "subsidies.budget",
    "GET /api/v1/subsidies/programme": "subsidies.read",
    "GET /api/v1/fund/fuse": "risk_fund.read",
    "GET /api/v1/fund/fuse/events": "risk_fund.read",
    "POST /api/v1/fund/fuse/lifts": "risk_fund.lift_fuse",
    "POST /api/v1/fund/fuse/lifts/<int:proposal_id>/decision": "risk_fund.approve_lift",
    "GET /api/v1/fund/platforms": "risk_fund.read",
    "POST /api/v1/fund/platforms": "risk_fund.platform",
    "GET /api/v1/fund/guarantees": "risk_fund.read",
    "POST /api/v1/fund/guarantees": "risk_fund.guarantee",
    "POST /api/v1/fund/guarantees/release": "risk_fund.call_guarantee",
    "POST /api/v1/fund/guarantees/call": "risk_fund.call_guarantee",
    "POST /api/v1/fund/guarantees/recovery": "risk_fund.return",
    "GET /api/v1/fund/stress": "risk_fund.stress",
    "GET /api/v1/fund": "risk_fund.read",
    "POST /api/v1/fund/accounts": "risk_fund.open",
    "GET /api/v1/fund/accounts/<int:account_id>/why": "risk_fund.read",
    "GET /api/v1/fund/accounts/<int:account_id>/movements": "risk_fund.read",
    "POST /api/v1/fund/accounts/<int:account_id>/orders": "risk_fund.contribute",
    "POST /api/v1/fund/accounts/<int:account_id>/interest": "risk_fund.interest",
    "POST /api/v1/fund/accounts/<int:account_id>/statements": "risk_fund.statement",
    "GET /api/v1/fund/statements/<int:statement_id>": "risk_fund.read",
    "POST /api/v1/fund/statements/<int:statement_id>/reconciliation": "risk_fund.statement",
    "GET /api/v1/fund/recoveries": "risk_fund.read",
    "POST /api/v1/fund/accounts/<int:account_id>/returns": "risk_fund.return",
    "GET /api/v1/fund/claims": "risk_fund.read",
    "GET /api/v1/loans/<number>/claimable": "risk_fund.read",
    "GET /api/v1/loans/<number>/debt": "risk_fund.read",
    "POST /api/v1/fund/claims": "risk_fund.claim",
    "GET /api/v1/fund/claims/<int:claim_id>": "risk_fund.read",
    "POST /api/v1/fund/claims/<int:claim_id>/check": "risk_fund.check_claim",
    "POST /api/v1/fund/claims/<int:claim_id>/review": "risk_fund.review",
    "POST /api/v1/fund/claims/<int:claim_id>/approve": "risk_fund.approve",
    "POST /api/v1/fund/claims/<int:claim_id>/withdrawal": "risk_fund.claim",
    "POST /api/v1/fund/claims/<int:claim_id>/payment": "risk_fund.pay",
    "POST /api/v1/fund/claims/<int:claim_id>/companies": "risk_fund.return",
}
#: these end the session that calls them
ENDING = {"POST /logout", "DELETE /api/v1/session"}


def calls(app: Flask) -> dict[str, Rule]:
    """``METHOD path`` of everything the URL map answers."""
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_its_row_and_every_row_its_route(app: Flask) -> None:
    assert set(calls(app)) == set(ROUTES)


def test_every_view_carries_the_mark_that_its_row_says(app: Flask) -> None:
    marks = {call: needed_by(app.view_functions[r.endpoint]) for call, r in calls(app).items()}
    assert marks == ROUTES


@dataclass
class Scene:
    """Two townships, two lenders, a loan of each, something waiting of each."""

    house: House
    client: FlaskClient
    mine: world.Lent
    other: world.Lent
    #: proposals that wait: a rating in each township
    my_proposal: int
    other_proposal: int

    def path(self, call: str, lent: world.Lent, proposal: int) -> str:
        """The call's path with this loan's numbers in it."""
        filled = {
            "<int:household_id>": str(lent.household_id),
            "<number>": lent.number,
            "<kind>": "papers",
            "<slip_number>": lent.slip_number,
            "<int:sheet_id>": str(lent.sheet_id),
            "<int:proposal_id>": str(proposal),
            "<any(xlsx, csv):form>": "csv",
            "<any(settlements, repayments, dues):kind>": "settlements",
            "<any(disbursements, repayments, changes):kind>": "repayments",
            "<any(grade, balance, plan):what>": "balance",
            "<any(interest, notice, settled):kind>": "interest",
            "<any(csv, txt):form>": "csv",
            "<any(sheet, workbook, letter):kind>": "sheet",
            "<any(households, organisations):kind>": "households",
            "<any(call, release):deed>": "call",
            "<any(pdf, xlsx):form>": "xlsx",
            "<any(measures, pairs, visits, projects):kind>": "measures",
            "<any(measure, visit):kind>": "measure",
            "<any(members, loans, movements, votes):what>": "members",
            "<any(birth, marriage_in, moved_in):kind>": "birth",
            "<any(death, marriage_out, moved_away):kind>": "death",
            "<path:filename>": "fupin.css",
            "<path:name>": "LICENSE",
        }
        path = call.split(" ", 1)[1]
        for part, value in filled.items():
            path = path.replace(part, value)
        return re.sub(r"<[^>]+>", "1", path)

    def call(self, call: str, staff: Staff | None, path: str | None = None) -> int:
        """The status of a call with nothing in its body."""
        headers = dict(staff.headers) if staff else {}
        headers["Idempotency-Key"] = "key-of-nothing"
        where = path or self.path(call, self.mine, self.my_proposal)
        with self.client.open(where, method=call.split(maxsplit=1)[0], headers=headers) as answer:
            return answer.status_code

    def deeds(self) -> int:
        """How many units of work moved anything but sessions."""
        quiet = ("office.log_in", "office.log_out", "office.session_seen", "office.manage_users")
        with self.house.books.read() as session:
            found = select(func.count()).where(TrailRow.command.not_in(quiet))
            return session.scalar(found) or 0


@pytest.fixture
def scene(opened: House, client: FlaskClient, tmp_path: Path) -> Scene:
    """The scene."""
    ids = world.settle(opened, tmp_path)
    lenders = world.found_lender(opened), world.found_lender(opened, "宜章示范村镇银行", "002")
    here, second, _third, there = world.FAMILIES
    return Scene(
        opened,
        client,
        mine=world.lend(opened, here, ids[here.number], lenders[0]),
        other=world.lend(opened, there, ids[there.number], lenders[1]),
        my_proposal=world.rate(opened, second.village, [ids[second.number]]),
        other_proposal=world.rate(opened, there.village, [ids[there.number]]),
    )


def test_strangers_reach_what_is_open_and_nothing_else(scene: Scene) -> None:
    for call, needed in ROUTES.items():
        status = scene.call(call, None)
        if needed != "open":
            refused = 401 if " /api/" in call else 302
            assert status == refused, call
        else:
            assert status not in {401, 403}, call


@pytest.mark.parametrize("role", ROLES_OF_PEOPLE)
def test_a_role_reaches_what_its_row_says_and_nothing_else(
    scene: Scene, hire: Hire, role: str
) -> None:
    staff = hire(role)
    before = scene.deeds()
    for call, needed in ROUTES.items():
        visitor = hire(role, name=f"{role}-{call}") if call in ENDING else staff
        status = scene.call(call, visitor)
        if call == "POST /login":
            continue  # answers 401 to a wrong password, whoever sends it
        may = needed in {"open", "staff"} or role in RIGHTS[needed]
        assert (status not in {401, 403}) == may, f"{role}: {call} answers {status}"
    # Nothing was in the bodies, so nothing may have been done; a look-up of a slip is counted,
    # and so is every paper with a whole identity number.
    printed = sum(needed == "loans.print" for needed in ROUTES.values())
    allowed = 1 + (role in RIGHTS["households.slip"]) + printed * (role in RIGHTS["loans.print"])
    assert scene.deeds() - before <= allowed


def test_a_disabled_account_is_a_stranger(scene: Scene, hire: Hire, system: Actor) -> None:
    staff = hire("loan_officer")
    with scene.house.books.write("office.manage_users", by=system) as session:
        people.change_account(session, login=staff.login, active=False, hasher=QUICK)
    for call, needed in ROUTES.items():
        if needed != "open":
            assert scene.call(call, staff) in {401, 302}, call


@pytest.mark.parametrize("role", ["loan_officer", "checker", "director", "registrar", "auditor"])
@pytest.mark.parametrize("scope", ["township", "lender"])
def test_what_lies_outside_the_scope_is_not_there(
    scene: Scene, hire: Hire, role: str, scope: str
) -> None:
    """Whatever names the other township's or lender's things is refused or unknown."""
    staff = (
        hire(role, region_scope="431022101")
        if scope == "township"
        else hire(role, institution_id=scene.mine.lender_id)
    )
    before = scene.deeds()
    by_loan = {"<number>", "<slip_number>"}
    by_place = {"<int:household_id>", "<int:proposal_id>"} if scope == "township" else set()
    for call, needed in ROUTES.items():
        names_it = any(part in call for part in by_loan | by_place)
        if not names_it or role not in RIGHTS.get(needed, ()):
            continue
        path = scene.path(call, scene.other, scene.other_proposal)
        if call.startswith("POST"):
            assert scene.call(call, staff, path) in {400, 403, 404, 422}, call
        else:
            assert scene.call(call, staff, path) in {403, 404}, call
    assert scene.deeds() == before


LISTS = (
    "/households", "/households.csv", "/loans", "/loans.csv", "/batches",
    "/queue/papers", "/queue/papers.csv", "/api/v1/queue/papers",
    "/api/v1/households", "/api/v1/loans", "/levels", "/helping", "/helping/projects",
    "/helping/helpers", "/helping/unvisited", "/helping/unvisited.csv", "/api/v1/help/unvisited",
    "/identification", "/identification/cases.csv", "/identification/sheets", "/families",
    "/families.csv", "/need", "/need/answers", "/need/queue", "/api/v1/identification/cases",
    "/api/v1/family-events", "/identification/notices", "/identification/objections.csv",
    "/identification/objections",
)  # fmt: skip


def test_lists_hold_ones_own_scope_alone(scene: Scene, hire: Hire) -> None:
    staff = hire("loan_officer", region_scope="431022101")
    there = world.FAMILIES[3]
    for path in LISTS:
        with scene.client.get(path, headers=staff.headers) as answer:
            text = answer.get_data(as_text=True)
        assert answer.status_code == 200, path
        assert there.number not in text, path
        assert there.head not in text, path
        assert scene.other.number not in text, path
    of_lender = hire("loan_officer", institution_id=scene.mine.lender_id)
    own_lists = (
        "/loans", "/loans.csv", "/api/v1/loans",
        "/queue/papers", "/queue/papers.csv", "/api/v1/queue/papers",
    )  # fmt: skip
    for path in own_lists:
        with scene.client.get(path, headers=of_lender.headers) as answer:
            text = answer.get_data(as_text=True)
        assert scene.mine.number in text, path
        assert scene.other.number not in text, path


def test_somebody_of_another_county_sees_nothing_of_these_books(scene: Scene, hire: Hire) -> None:
    staff = hire("loan_officer", region_scope="431202")
    for path in LISTS:
        with scene.client.get(path, headers=staff.headers) as answer:
            text = answer.get_data(as_text=True)
        for family in world.FAMILIES:
            assert family.number not in text, path
        assert scene.mine.number not in text, path
    own = scene.path("GET /households/<int:household_id>", scene.mine, 0)
    assert scene.client.get(own, headers=staff.headers).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/loans/disbursements", {"amount": "1.00", "voucher_no": "X1"}),
        ("/api/v1/loans/repayments", {"amount": "1.00", "voucher_no": "X2"}),
    ],
)
def test_money_of_another_lender_is_not_moved(
    scene: Scene, hire: Hire, path: str, body: dict[str, str]
) -> None:
    staff = hire("loan_officer", institution_id=scene.mine.lender_id)
    row = {"number": scene.other.number, "channel": "counter", **body}
    headers = {**staff.headers, "Idempotency-Key": "another-lenders-money"}
    answer = scene.client.post(path, json={"rows": [row]}, headers=headers)
    assert answer.status_code in {403, 404}
    with scene.house.books.read() as session:
        commands = session.scalars(select(TrailRow.command)).all()
    assert commands.count("loans.repay") == 0
    assert commands.count("loans.disburse") == 2


def test_a_region_outside_the_scope_has_no_figures(scene: Scene, hire: Hire) -> None:
    staff = hire("poverty_office", region_scope="431022101")
    query = f"region={world.OTHER_VILLAGE}&on={date(2017, 5, 31)}"
    for path in ("/dashboard", "/api/v1/indicators"):
        assert scene.client.get(f"{path}?{query}", headers=staff.headers).status_code == 403


def test_no_identity_number_is_on_any_page_or_answer(scene: Scene, hire: Hire) -> None:
    staff = hire("loan_officer")
    numbers = {row[4] for family in world.FAMILIES for row in family.rows()}
    for call in ROUTES:
        if not call.startswith("GET") or call == "GET /static/<path:filename>":
            continue
        where = scene.path(call, scene.mine, scene.my_proposal)
        with scene.client.get(where, headers=staff.headers) as answer:
            text = answer.get_data(as_text=False)
        assert not [n for n in numbers if n.encode() in text], where
