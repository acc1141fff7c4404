"""The file behind the loan (一户一档), kept beside its money.

Papers by stage as each lender lists them, checks after lending, the record of collection, what
became of the borrower, the way forward before maturity; what of it is due stands on the work queue,
and what everybody did on a loan can be printed with its proof. Nothing here moves money.
"""
