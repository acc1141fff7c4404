"""The risk-compensation fund: what is paid in, what it covers, what it pays and gets back.

Each lender has a special account per county. What is in it, less what is pledged, times the
multiple is what may be out under cover; the loans keep the limit. A loss is shared by a dated
table; what is recovered goes back the same way.
"""
