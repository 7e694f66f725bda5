"""The one error of the import."""


class Refused(Exception):
    """A file cannot become a book; the message is one line: what is wrong, where, how to mend it."""
