"""What is said around the words of the book, in the languages that we ask in. Pure."""

from typing import NamedTuple

from sessions.words import primary_language


class Phrases(NamedTuple):
    """`{gap}`, `{sentence}`, `{who}`, `{letter}` are filled from the book, `{question}` with the prompt."""

    finish: str
    remember: tuple[str, ...]
    open: tuple[str, ...]
    praise: tuple[str, ...]
    remembered: str
    thanks: str  # for what the child thinks
    almost: str
    good_try: str
    begins: str
    tell: str
    anything: str  # nothing was said where anything is right
    read_on: str


_PHRASES = {
    "en": Phrases(
        finish="Can you finish it? {gap}",
        remember=("What do you remember about {who}?", "Can you tell me something about {who}?"),
        open=(
            "How do you think {who} felt?",
            "What would you do if you were {who}?",
            "What would you like to ask {who}?",
            "What would you say to {who}?",
        ),
        praise=("Yes! {sentence}", "Well done! {sentence}", "You listened well! {sentence}"),
        remembered="Thank you for telling me! We read: {sentence}",
        thanks="Thank you for telling me what you think!",
        almost="Almost! {hint}",
        good_try="Good try. {hint}",
        begins="It begins with {letter}: {gap}",
        tell="Here it is: {sentence}",
        anything="Whatever you think is fine. {question}",
        read_on="That is all right. Let us read on!",
    ),
    "de": Phrases(
        finish="Wie geht der Satz zu Ende? {gap}",
        remember=("Was weißt du noch über {who}?", "Kannst du mir etwas über {who} erzählen?"),
        open=(
            "Was meinst du, wie hat {who} sich gefühlt?",
            "Was möchtest du {who} gern fragen?",
            "Was würdest du zu {who} sagen?",
        ),
        praise=("Ja! {sentence}", "Sehr gut! {sentence}", "Du hast gut zugehört! {sentence}"),
        remembered="Danke, dass du es erzählt hast! Wir haben gelesen: {sentence}",
        thanks="Danke, dass du mir sagst, was du denkst!",
        almost="Fast! {hint}",
        good_try="Guter Versuch. {hint}",
        begins="Es beginnt mit {letter}: {gap}",
        tell="So war es: {sentence}",
        anything="Alles, was du denkst, ist richtig. {question}",
        read_on="Das macht nichts. Lass uns weiterlesen!",
    ),
    "fr": Phrases(
        finish="Comment finit la phrase ? {gap}",
        remember=("Qu'as-tu retenu sur {who} ?", "Qu'as-tu appris sur {who} ?"),
        open=(
            "À ton avis, que ressentait {who} ?",
            "Et toi, que dirais-tu à {who} ?",
            "Quelle question poserais-tu à {who} ?",
        ),
        praise=("Oui ! {sentence}", "Bravo ! {sentence}", "Tu as bien écouté ! {sentence}"),
        remembered="Merci de me l'avoir raconté ! Nous avons lu : {sentence}",
        thanks="Merci de me dire ce que tu penses !",
        almost="Presque ! {hint}",
        good_try="Bien essayé. {hint}",
        begins="Cela commence par {letter} : {gap}",
        tell="Voici : {sentence}",
        anything="Tout ce que tu penses est bien. {question}",
        read_on="Ce n'est rien. Continuons à lire !",
    ),
    "es": Phrases(
        finish="¿Cómo termina la frase? {gap}",
        remember=("¿Qué recuerdas de {who}?", "¿Puedes contarme algo de {who}?"),
        open=(
            "¿Cómo crees que se sintió {who}?",
            "¿Qué le dirías tú a {who}?",
            "¿Qué le preguntarías a {who}?",
        ),
        praise=("¡Sí! {sentence}", "¡Muy bien! {sentence}", "¡Has escuchado muy bien! {sentence}"),
        remembered="¡Gracias por contármelo! Leímos: {sentence}",
        thanks="¡Gracias por decirme lo que piensas!",
        almost="¡Casi! {hint}",
        good_try="Buen intento. {hint}",
        begins="Empieza por {letter}: {gap}",
        tell="Es así: {sentence}",
        anything="Todo lo que pienses está bien. {question}",
        read_on="No pasa nada. ¡Sigamos leyendo!",
    ),
}


def phrases(language: str) -> Phrases | None:
    """Return the phrases for a BCP 47 tag; None for a language that we do not ask in."""
    return _PHRASES.get(primary_language(language))
