"""Rosters: who is in which class, from a school's own system and back.

`reading` turns a file into a `Roster`, `planning` compares it with what the school has (`Present`) and says
what would change, `store` carries that out whole or not at all. Only `store` and `pending` know a database.
"""
