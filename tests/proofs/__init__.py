"""Proofs that take minutes: real processes, killed and measured; each is a make target of its own."""
