"""Narration: text -> what is spoken -> an engine's voice -> word times -> an MP3 that is kept for ever."""
