"""Proofs: programs that put the whole product through what a test run has no time for."""
