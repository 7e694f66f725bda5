"""What grown-ups look back on: a class, who has read how long, and what was asked where."""
