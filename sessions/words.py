"""Words: what is displayed, what is spoken and what is indexed are the same list."""
