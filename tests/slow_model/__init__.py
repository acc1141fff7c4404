"""The same rules again, slowly: fractions, days walked one by one. Imports nothing of ours."""
