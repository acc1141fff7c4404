"""Payment: files on named budget lines, the bank's answers, what came back, the receipt."""

from households.payouts import decide_account
from office.bank_answers import AnswerFile, read_answer
from office.paying import Booked
from office.payment_files import ENCODINGS, REASONS
from subsidies.payment.accounts import AccountNoted, note_account
from subsidies.payment.funding import FromLine
from subsidies.payment.giving_back import ask_give_back, decide_give_back
from subsidies.payment.making import make_file
from subsidies.payment.receipts import confirm_receipt, paid_fen
from subsidies.payment.returning import take_answer
from subsidies.payment.sending import answer_to, discard, file_content, send

__all__ = [
    "ENCODINGS",
    "REASONS",
    "AccountNoted",
    "AnswerFile",
    "Booked",
    "FromLine",
    "answer_to",
    "ask_give_back",
    "confirm_receipt",
    "decide_account",
    "decide_give_back",
    "discard",
    "file_content",
    "make_file",
    "note_account",
    "paid_fen",
    "read_answer",
    "send",
    "take_answer",
]
