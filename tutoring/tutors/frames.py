"""What the offline tutor says around what it quotes, in the book's language where we speak it. Pure."""

from typing import NamedTuple

from sessions.words import primary_language


class Frames(NamedTuple):
    """`{word}`, `{meaning}` and `{quote}` are filled from the book, never from what the child wrote."""

    meaning: str  # the book's glossary has the word
    read_here: str  # it does not, but the word was read
    no_word: str  # the word was not read either
    found: str
    unsure: str  # something was found that may not be the answer
    recap: str
    unknown: str
    nothing_asked: str
    about_me: str


_ENGLISH = Frames(
    meaning="In this book, “{word}” means: {meaning}",
    read_here="I don't have a word book for that, but here is where we read it: {quote}",
    no_word="I don't have a word book for that, and we haven't met it in our story so far. "
    "A grown-up can help you with it!",
    found="I looked at what we read, and this fits best: {quote}",
    unsure="I am not sure, but this is what we read: {quote}",
    recap="This is what we just read: {quote}",
    unknown="I can't find that in what we have read so far. Let's read on and find out!",
    nothing_asked="I didn't catch your question. Ask me again, or let's read on!",
    about_me="I am a little helper without a name: I look things up in what we have read.",
)
_FRAMES = {
    "en": _ENGLISH,
    "de": Frames(
        meaning="In diesem Buch bedeutet „{word}“: {meaning}",
        read_here="Ich habe dafür kein Wörterbuch, aber hier haben wir es gelesen: {quote}",
        no_word="Ich habe dafür kein Wörterbuch, und in unserer Geschichte kam es noch nicht vor. "
        "Frag doch einen Erwachsenen!",
        found="Ich habe nachgesehen, und das passt am besten: {quote}",
        unsure="Ich bin nicht sicher, aber das haben wir gelesen: {quote}",
        recap="Das haben wir gerade gelesen: {quote}",
        unknown="Das finde ich nicht in dem, was wir bisher gelesen haben. "
        "Lass uns weiterlesen und es herausfinden!",
        nothing_asked="Ich habe deine Frage nicht verstanden. Frag noch einmal, oder wir lesen weiter!",
        about_me="Ich bin ein kleiner Helfer ohne Namen: Ich schlage nach, was wir gelesen haben.",
    ),
    "fr": Frames(
        meaning="Dans ce livre, « {word} » veut dire : {meaning}",
        read_here="Je n'ai pas de dictionnaire pour cela, mais voici où nous l'avons lu : {quote}",
        no_word="Je n'ai pas de dictionnaire pour cela, et ce n'est pas encore dans notre histoire. "
        "Un adulte peut t'aider !",
        found="J'ai cherché dans ce que nous avons lu, et voici ce qui va le mieux : {quote}",
        unsure="Je ne suis pas sûr, mais voici ce que nous avons lu : {quote}",
        recap="Voici ce que nous venons de lire : {quote}",
        unknown="Je ne trouve pas cela dans ce que nous avons lu. Continuons à lire pour le découvrir !",
        nothing_asked="Je n'ai pas compris ta question. Demande-moi encore, ou continuons à lire !",
        about_me="Je suis un petit assistant sans nom : je cherche dans ce que nous avons lu.",
    ),
    "es": Frames(
        meaning="En este libro, «{word}» quiere decir: {meaning}",
        read_here="No tengo un diccionario para eso, pero aquí lo leímos: {quote}",
        no_word="No tengo un diccionario para eso, y todavía no ha salido en nuestro cuento. "
        "¡Una persona mayor te puede ayudar!",
        found="He mirado en lo que leímos, y esto es lo que mejor encaja: {quote}",
        unsure="No estoy seguro, pero esto es lo que leímos: {quote}",
        recap="Esto es lo que acabamos de leer: {quote}",
        unknown="No lo encuentro en lo que hemos leído hasta ahora. ¡Sigamos leyendo y lo descubriremos!",
        nothing_asked="No he entendido tu pregunta. ¡Pregúntame otra vez, o sigamos leyendo!",
        about_me="Soy un pequeño ayudante sin nombre: busco en lo que hemos leído.",
    ),
}


_THINKING = {
    "en": "Good question, let me think.",
    "de": "Gute Frage, lass mich überlegen.",
    "fr": "Bonne question, je réfléchis.",
    "es": "Buena pregunta, déjame pensar.",
}


def thinking(language: str) -> str | None:
    """Return what is said at once to a child who has asked; None where we do not speak its language."""
    return _THINKING.get(primary_language(language))


def frames(language: str) -> Frames:
    """Return the frames for a BCP 47 tag; English where we have none."""
    return _FRAMES.get(primary_language(language), _ENGLISH)


def quote_in(said: str, language: str) -> str:
    """Return what an answer quotes from the story: all of it but its frame; "" where it quotes nothing."""
    say = frames(language)
    for frame in (say.found, say.unsure, say.recap, say.read_here):
        beginning = frame.partition("{quote}")[0]
        if said.startswith(beginning):
            return said.removeprefix(beginning)
    return ""
