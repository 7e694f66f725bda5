"""A school day, simulated against the rules that add and remove servers."""
