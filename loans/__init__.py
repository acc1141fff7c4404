"""Loans: from application to closing. The plan, the interest, the payment, the grade."""
