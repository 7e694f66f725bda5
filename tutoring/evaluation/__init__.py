"""How well a tutor answers, measured with stories and questions that others have written."""
