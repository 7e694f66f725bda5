"""What is looked at before a model is asked and before a child hears anything."""
