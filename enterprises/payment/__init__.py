"""Paying a round: files to the bank, its answers, what came back, the village's signed list."""

from enterprises.payment.accounts import note_account
from enterprises.payment.answering import take_answer
from enterprises.payment.making import make_file
from enterprises.payment.receipts import confirm_receipt
from enterprises.payment.releasing import CAUSES, Release, ask_release, decide_release
from enterprises.payment.sending import answer_to, discard, file_content, send
from households.payouts import decide_account
from office.bank_answers import AnswerFile, read_answer
from office.paying import Booked
from office.payment_files import ENCODINGS, REASONS
from office.payouts import AccountNoted

__all__ = [
    "CAUSES",
    "ENCODINGS",
    "REASONS",
    "AccountNoted",
    "AnswerFile",
    "Booked",
    "Release",
    "answer_to",
    "ask_release",
    "confirm_receipt",
    "decide_account",
    "decide_release",
    "discard",
    "file_content",
    "make_file",
    "note_account",
    "read_answer",
    "send",
    "take_answer",
]
