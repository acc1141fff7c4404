"""Enterprises: who may link up with households, on what terms, and the dividends they pay.

An organisation is recognised, an agreement names its terms and its linked households with their
stakes, and each period of it makes a round of dividends, funded by the enterprise alone.
"""
