"""How large a file may be, in one place. Far above any real book, far below what hurts a server."""

MAX_FILE_BYTES = 50 * 2**20
MAX_TEXT_CHARACTERS = 5_000_000  # the longest novels have about 3,500,000
MAX_UNPACKED_BYTES = 200 * 2**20  # all files of an archive together
MAX_ENTRY_BYTES = 50 * 2**20  # one file of an archive
MAX_ENTRIES = 10_000
MAX_RATIO = 200  # unpacked to packed; text packs to a tenth
RATIO_COUNTS_FROM_BYTES = 2**20
MAX_COVER_BYTES = 300_000
MAX_GLOSSARY_ENTRIES = 2_000
MAX_NAME_CHARACTERS = 300  # titles, authors, licences, chapter titles: longer ones are cut
MAX_SUMMARY_CHARACTERS = 2_000
