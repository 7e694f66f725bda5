"""What a child hears in the place of an answer: kind, short, and never a reproach. Pure."""

from typing import NamedTuple

from sessions.words import primary_language
from tutoring.safety.categories import Category


class Lines(NamedTuple):
    """One language's lines: at most three sentences each."""

    worry: str  # the child may be in danger
    unkind: str
    for_a_grown_up: str
    private: str  # nothing but an address or a number was said
    my_role: str
    not_said: str  # the tutor was about to say what it must not: no fault of the child's
    not_now: str
    one_by_one: str  # many questions in a short time


_ENGLISH = Lines(
    worry="Thank you for telling me, that was brave, and it is not your fault. You are not alone with this. "
    "A grown-up will help you: please go to one you trust today!",
    unkind="Such words can hurt somebody. Let's take kind ones, and read on!",
    for_a_grown_up="That is something to talk about with a grown-up you trust. Let's read on!",
    private="Where people live and how to reach them, we keep to ourselves here. "
    "Ask me something about our story!",
    my_role="I only help with our book, and I stay just as I am. "
    "Ask me something about the story, or let's read on!",
    not_said="I don't have a good answer to that. Ask me in another way, or let's read on!",
    not_now="I cannot answer just now. Let's read on, and ask me again later!",
    one_by_one="You ask so many good things! Let's read a little first.",
)
_LINES = {
    "en": _ENGLISH,
    "de": Lines(
        worry="Danke, dass du mir das sagst, das war mutig, und du bist nicht schuld. "
        "Du bist damit nicht allein. Ein Erwachsener wird dir helfen: "
        "Geh bitte heute noch zu einem, dem du vertraust!",
        unkind="Solche Wörter können jemandem weh tun. Nehmen wir freundliche, und lesen wir weiter!",
        for_a_grown_up="Darüber sprichst du am besten mit einem Erwachsenen, dem du vertraust. "
        "Lesen wir weiter!",
        private="Wo jemand wohnt und wie man ihn erreicht, behalten wir hier für uns. "
        "Frag mich etwas zu unserer Geschichte!",
        my_role="Ich helfe nur bei unserem Buch und bleibe, wie ich bin. "
        "Frag mich etwas zur Geschichte, oder lesen wir weiter!",
        not_said="Darauf habe ich keine gute Antwort. Frag mich anders, oder lesen wir weiter!",
        not_now="Ich kann gerade nicht antworten. Lesen wir weiter, und frag mich später noch einmal!",
        one_by_one="Du fragst so viele gute Sachen! Lesen wir erst ein bisschen weiter.",
    ),
    "fr": Lines(
        worry="Merci de me l'avoir dit, c'était courageux, et ce n'est pas ta faute. "
        "Tu n'es pas tout seul avec ça. Un adulte va t'aider : "
        "va voir aujourd'hui quelqu'un en qui tu as confiance !",
        unkind="Des mots comme ça peuvent blesser quelqu'un. Prenons des mots gentils, et lisons la suite !",
        for_a_grown_up="Parles-en avec un adulte en qui tu as confiance. Continuons à lire !",
        private="Où l'on habite et comment nous joindre, on le garde pour soi ici. "
        "Pose-moi une question sur notre histoire !",
        my_role="Je t'aide seulement avec notre livre, et je reste comme je suis. "
        "Pose-moi une question sur l'histoire, ou continuons à lire !",
        not_said="Je n'ai pas de bonne réponse à cela. Demande-moi autrement, ou continuons à lire !",
        not_now="Je ne peux pas répondre maintenant. Continuons à lire, et redemande-moi plus tard !",
        one_by_one="Tu poses tant de bonnes questions ! Lisons d'abord encore un peu.",
    ),
    "es": Lines(
        worry="Gracias por contármelo, has sido valiente, y no es culpa tuya. "
        "No te vamos a dejar a solas con esto. Una persona mayor te ayudará: "
        "¡habla hoy con una en quien confíes!",
        unkind="Esas palabras pueden doler a alguien. ¡Usemos palabras amables y sigamos leyendo!",
        for_a_grown_up="De eso se habla con una persona mayor en quien confías. ¡Sigamos leyendo!",
        private="Dónde vivimos y cómo encontrarnos nos lo guardamos aquí. "
        "¡Pregúntame algo sobre nuestro cuento!",
        my_role="Solo ayudo con nuestro libro, y me quedo como soy. "
        "¡Pregúntame algo sobre el cuento, o sigamos leyendo!",
        not_said="No tengo una buena respuesta para eso. ¡Pregúntame de otra manera, o sigamos leyendo!",
        not_now="Ahora no puedo responder. ¡Sigamos leyendo, y pregúntame más tarde!",
        one_by_one="¡Cuántas cosas buenas preguntas! Leamos primero un poco más.",
    ),
}
_OF_QUESTIONS = {
    Category.SELF_HARM: "worry",
    Category.ABUSE: "worry",
    Category.HATE: "unkind",
    Category.PERSONAL_DATA: "private",
    Category.LINK: "private",
    Category.INSTRUCTIONS: "my_role",
    Category.UNCHECKED: "not_now",
}


def lines(language: str) -> Lines:
    """Return the lines for a BCP 47 tag; English where we have none."""
    return _LINES.get(primary_language(language), _ENGLISH)


def to_question(category: Category, language: str) -> str:
    """Return what is said to a question that goes to no tutor."""
    return str(getattr(lines(language), _OF_QUESTIONS.get(category, "for_a_grown_up")))


def for_answer(category: Category, language: str) -> str:
    """Return what is said instead of an answer that must not be said."""
    say = lines(language)
    return say.not_now if category is Category.UNCHECKED else say.not_said
