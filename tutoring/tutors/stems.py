"""Words as they are compared: in lower case, without endings, so that "foxes" finds "fox". Pure.

English endings and the irregular verbs that stories use; other languages compare whole words.
"""

import re
from functools import lru_cache

from sessions.words import primary_language

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_VOWEL = re.compile(r"[aeiouy]")

# Base form, then what children's stories write for it.
_IRREGULAR = {
    form: forms[0]
    for forms in (
        line.split()
        for line in """\
arise arose arisen
become became
begin began begun
bend bent
bite bit bitten
blow blew blown
break broke broken
bring brought
build built
buy bought
catch caught
choose chose chosen
come came
creep crept
dig dug
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought
find found
flee fled
fly flew flown
forget forgot forgotten
freeze froze frozen
get got gotten
give gave given
go goes going went gone
grow grew grown
hang hung
hear heard
hide hid hidden
hold held
keep kept
know knew known
lay laid
lead led
leave left
lend lent
lie lay lain
lose lost
make made
mean meant
meet met
pay paid
ride rode ridden
ring rang rung
rise rose risen
run ran
say said
see saw seen
seek sought
sell sold
send sent
shake shook shaken
shine shone
shoot shot
sing sang sung
sink sank sunk
sit sat
sleep slept
speak spoke spoken
spend spent
spin spun
stand stood
steal stole stolen
stick stuck
strike struck
swear swore sworn
sweep swept
swim swam swum
swing swung
take took taken
teach taught
tear tore torn
tell told
think thought
throw threw thrown
understand understood
wake woke woken
wear wore worn
weave wove woven
weep wept
win won
wind wound
write wrote written
child children
foot feet
goose geese
knife knives
loaf loaves
man men
mouse mice
ox oxen
shelf shelves
thief thieves
tooth teeth
wife wives
wolf wolves
woman women""".splitlines()
    )
    for form in forms
}
_ENDINGS = ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "s", "ly")


def words(text: str) -> list[str]:
    """Return the words of `text`, letters and digits only, as they are written."""
    return _WORD.findall(text)


def stems(text: str, language: str = "en") -> list[str]:
    """Return the words of `text` as they are compared."""
    plain = words(text.casefold().replace("’", "'"))
    return [_english(word) for word in plain] if is_english(language) else plain


def is_english(language: str) -> bool:
    """Tell whether a BCP 47 tag means English."""
    return primary_language(language) == "en"


@lru_cache(maxsize=20_000)
def _english(word: str) -> str:
    word = word.removesuffix("'s").rstrip("'")
    if word in _IRREGULAR:
        return _without_e(_IRREGULAR[word])
    for ending in _ENDINGS:
        if not word.endswith(ending) or word.endswith(("ss", "us", "is")):
            continue
        base = word.removesuffix(ending)
        if ending in ("ied", "ies") and len(base) > 1:
            return base + "y"
        if len(base) < 3 or not _VOWEL.search(base):
            continue
        if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
            base = base[:-1]  # stopped -> stop
        return _without_e(base)
    return _without_e(word)


def _without_e(word: str) -> str:
    """Return the stem that "hope", "hoped" and "hoping" share."""
    return word.removesuffix("e") if len(word) > 3 else word
