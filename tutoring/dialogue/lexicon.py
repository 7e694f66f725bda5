"""The few words that must be known to ask about a story: who acts, and the little words between. Pure."""

import re


def word_set(words: str) -> frozenset[str]:
    """Return the words that stand between spaces."""
    return frozenset(words.split())


# Whom stories tell of without a name. Whoever is missing here is asked about only by name.
PEOPLE = word_set(
    """
    angel ant aunt baby badger baker bear bee beggar bird blacksmith boy bride bridegroom brother bull butler
    butterfly captain carpenter cat caterpillar child chicken clown cock cook counsellor cow crab cricket
    crocodile crow dancer daughter deer doctor dog dolphin donkey dragon driver duck duckling eagle elephant
    elf emperor empress fairy farmer father fish fisherman fox frog gardener genie ghost giant girl goat goose
    gorilla grandfather grandmother guard hare hawk hedgehog hen hermit heron horse hunter huntsman husband
    jackal jester judge king kitten knight lad lady lamb librarian lion lizard magician maid maiden man
    merchant mermaid messenger miller minister mole monk monkey monster mother mouse nurse officer ogre otter
    owl ox page-boy painter parrot peasant penguin pig pigeon pilot pirate prince princess puppy queen rabbit
    rat raven robber rooster sailor scholar servant sheep shepherd shoemaker sister smith snail snake soldier
    son sorcerer sparrow spider squirrel stepmother stork stranger swan tailor teacher thief tiger toad
    tortoise traveller troll turtle uncle widow wife witch wizard wolf woman woodcutter worm
    """
)
DESCRIBED = word_set(
    """
    bad big black blind brave brown clever eldest fat first foolish good great grey kind little lonely new
    oldest old other poor proud red rich second selfish small third tiny ugly white wicked wise young youngest
    """
)
TITLES = word_set(
    """
    Mr Mrs Ms Miss Dr Uncle Aunt Auntie King Queen Prince Princess Lord Lady Sir Captain Old Little Grandma
    Grandpa Granny Mother Father Brother Sister
    """
)

# Verbs of which a question is made: what was done to something -> its base form.
DOING = {
    "ate": "eat", "bought": "buy", "broke": "break", "brought": "bring", "built": "build", "caught": "catch",
    "carried": "carry", "chased": "chase", "chose": "choose", "cooked": "cook", "discovered": "discover",
    "drank": "drink", "dropped": "drop", "found": "find", "heard": "hear", "hid": "hide", "kicked": "kick",
    "lifted": "lift", "opened": "open", "painted": "paint", "planted": "plant", "saw": "see", "sold": "sell",
    "stole": "steal", "wore": "wear",
}  # fmt: skip
# ... and where somebody went or was.
GOING = {
    "arrived": "arrive", "climbed": "climb", "crawled": "crawl", "crept": "creep", "flew": "fly",
    "hid": "hide", "hurried": "hurry", "jumped": "jump", "lived": "live", "rode": "ride", "ran": "run",
    "sailed": "sail", "sat": "sit", "slept": "sleep", "stood": "stand", "swam": "swim", "walked": "walk",
    "went": "go",
}  # fmt: skip
_PAST = word_set(
    """
    was had could would did became began bent bit blew broke brought built bought caught chose came crept
    dug drew drank drove ate cut fell fed felt fought found fled flew forgot froze got gave went grew hung
    heard hid held kept knew led left lent lay lit lost made meant met paid put rode rang rose ran said saw
    sought sold sent set shut shook shone shot sang sank sat slept spoke spent spun stood stole stuck struck
    swore swept swam swung took taught tore told thought threw understood woke wore wept won wrote
    """
)
_NOT_PAST = word_set("hundred wicked naked indeed sacred kindred red bed seed need speed")

# After these comes a thing, a person or what describes one.
DETERMINERS = {
    "en": word_set(
        """
        a an the his her its their my your our this that these those two three four five six seven some every
        another
        """
    ),
    "de": word_set(
        """
        der die das den dem ein eine einen einem einer eines sein seine seinen seinem seiner ihr ihre ihren
        ihrem ihrer kein keine keinen im am zum zur
        """
    ),
    "fr": word_set("le la les un une des du au aux son sa ses leur leurs ce cet cette ces mon ma mes"),
    "es": word_set("el la los las un una unos unas del al su sus este esta ese esa mi mis"),
}
# A thing ends before these.
LINKS = {
    "en": word_set(
        """
        and or but in on at to into onto from with without of by for under over behind beside near through
        across around along up down out off be been is are was were had as when while until till that
        who which where because so then before after
        """
    ),
    "de": word_set(
        """
        und oder aber in an auf aus mit ohne von bei für unter über hinter neben durch vor nach zu war waren
        hatte ist als wenn bis dass wo weil so dann
        """
    ),
    "fr": word_set(
        """
        et ou mais dans à de avec sans par pour sous sur derrière devant vers chez était avait est comme quand
        que qui où
        """
    ),
    "es": word_set(
        """
        y e o pero en a de con sin por para bajo sobre detrás hacia era estaba había es como cuando que quien
        donde
        """
    ),
}
SPEAKING = {
    "en": word_set("said asked cried answered replied shouted whispered thought laughed"),
    "de": word_set("sagte fragte rief antwortete flüsterte dachte meinte lachte"),
    "fr": word_set("dit demanda répondit cria murmura pensa chuchota"),
    "es": word_set("dijo preguntó respondió gritó susurró pensó contestó exclamó"),
}
# Words that stand where a thing stands and are none to ask for.
VAGUE = word_set(
    """
    again all alone away back bit both day days end evening everywhere few first half here home hour kind
    last little lot minute moment more morning most next night once one ones other others own part place
    rest same side sort there thing things time times together turn way ways week while who word words year
    years
    abend augenblick ding dinge ende mal morgen nacht seite tag tage weg weise zeit
    chose choses côté fin fois jour jours matin nuit soir temps
    cosa cosas día días lado mañana momento noche tarde tiempo vez veces
    """
)
PRONOUNS = word_set("he she it they we i you him them me us himself herself itself themselves")

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def words_of(sentence: str) -> list[str]:
    """Return the words of a sentence as they are written, without signs around them."""
    return _WORD.findall(sentence)


def is_past(word: str) -> bool:
    """Tell whether an English word can be what somebody did."""
    return word in _PAST or (word.endswith("ed") and len(word) > 3 and word not in _NOT_PAST)
