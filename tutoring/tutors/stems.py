"""Words as they are compared: in lower case, without endings, so that "foxes" finds "fox". Pure.

The endings are Snowball's, for each of its languages; English has the irregular words that stories use beside
them. Other languages compare whole words.
"""

import re
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

from sessions.words import primary_language

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

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


def words(text: str) -> list[str]:
    """Return the words of `text`, letters and digits only, as they are written."""
    return _WORD.findall(text)


def stems(text: str, language: str = "en") -> list[str]:
    """Return the words of `text` as they are compared; `language` is a BCP 47 tag."""
    primary = primary_language(language)
    return [_stem(word, primary) for word in words(text.casefold().replace("’", "'"))]


def is_english(language: str) -> bool:
    """Tell whether a BCP 47 tag means English."""
    return primary_language(language) == "en"


@lru_cache(maxsize=50_000)
def _stem(word: str, primary: str) -> str:
    if primary == "en":
        word = word.removesuffix("'s").rstrip("'")
        word = _IRREGULAR.get(word, word)
    try:
        # One for each word: it may not be shared by threads, and costs a microsecond.
        stemmer = Stemmer.Stemmer(primary, 0)
    except KeyError:
        return word
    return str(stemmer.stemWord(word)) or word
