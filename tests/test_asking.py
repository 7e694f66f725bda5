"""How children ask: for a word, for somebody, for what happened, in four languages."""

import pytest

from tutoring.tutors.frames import frames
from tutoring.tutors.interface import Turn
from tutoring.tutors.offline import answer

STORIES = {
    "de": "Tiva war ein junger Fuchs. Sie trug eine Laterne zum Fluss. Orrin, der Reiher, fror im Wind.",
    "fr": "Tiva était un jeune renard. Elle portait une lanterne à la rivière. Orrin, le héron, avait froid.",
    "es": "Tiva era un zorro joven. Llevaba una linterna al río. Orrin, la garza, tenía frío.",
}
GLOSSARIES = {
    "de": {"Laterne": "eine Lampe zum Tragen"},
    "fr": {"lanterne": "une lampe que l'on porte"},
    "es": {"linterna": "una lámpara que se lleva"},
}


def ask(language: str, question: str) -> str:
    return answer(Turn(question, STORIES[language], language, GLOSSARIES[language]))


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", "Was bedeutet Laterne?"),
        ("de", "Was heißt das Wort „Laterne“?"),
        ("de-AT", "WAS IST EINE LATERNE?"),
        ("de", "Was sind Laternen?"),
        ("de", "Erkläre mir bitte das Wort Laterne!"),
        ("fr", "Que veut dire lanterne ?"),
        ("fr", "Qu’est-ce que signifie le mot « lanterne » ?"),
        ("fr", "Qu'est-ce qu'une lanterne ?"),
        ("fr", "Qu'est-ce que c'est qu'une lanterne ?"),
        ("fr-CA", "C'est quoi, une lanterne ?"),
        ("es", "¿Qué significa linterna?"),
        ("es", "¿Qué quiere decir la palabra «linterna»?"),
        ("es-MX", "¿Qué es una linterna?"),
        ("es", "¿Qué son las linternas?"),
    ],
)
def test_a_word_is_explained_by_the_book_s_glossary(language, question):
    primary = language[:2]
    said = answer(Turn(question, STORIES[primary], language, GLOSSARIES[primary]))
    (word, meaning), *_ = GLOSSARIES[primary].items()
    assert said == frames(primary).meaning.format(word=word, meaning=f"{meaning}.")


@pytest.mark.parametrize(
    ("language", "question", "quoted"),
    [
        ("de", "Wer ist Tiva?", "Tiva war ein junger Fuchs."),
        ("de", "Wer ist der Reiher?", "Orrin, der Reiher, fror im Wind."),
        ("fr", "Qui est Tiva ?", "Tiva était un jeune renard."),
        ("fr", "C'est qui, le héron ?", "Orrin, le héron, avait froid."),
        ("es", "¿Quién era Tiva?", "Tiva era un zorro joven."),
        ("es", "¿Quién es la garza?", "Orrin, la garza, tenía frío."),
    ],
)
def test_who_somebody_is_stands_where_the_story_first_names_them(language, question, quoted):
    assert quoted in ask(language, question)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", "Was ist passiert?"),
        ("de", "Was ist gerade passiert?"),
        ("fr", "Qu'est-ce qui s'est passé ?"),
        ("fr", "Que s'est-il passé ?"),
        ("es", "¿Qué ha pasado?"),
        ("es", "¿Qué acaba de pasar?"),
    ],
)
def test_what_happened_is_what_was_just_read(language, question):
    newest = STORIES[language].split(". ", 1)[1]
    assert ask(language, question) == frames(language).recap.format(quote=newest)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", "Was passiert als nächstes?"),
        ("de", "Wie geht die Geschichte weiter?"),
        ("de", "Wie endet das Buch?"),
        ("fr", "Qu'est-ce qui va se passer ensuite ?"),
        ("fr", "Comment finit l'histoire ?"),
        ("es", "¿Qué va a pasar después?"),
        ("es", "¿Cómo termina el cuento?"),
        ("de", "Heiratet der Drache die Prinzessin?"),
        ("fr", "Le dragon épouse-t-il la princesse ?"),
        ("es", "¿Se casa el dragón con la princesa?"),
    ],
)
def test_what_was_not_read_is_found_out_by_reading_on(language, question):
    assert ask(language, question) == frames(language).unknown


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", "Wer bist du?"),
        ("de", "Wie heißt du?"),
        ("fr", "Qui es-tu ?"),
        ("fr", "Comment tu t’appelles ?"),
        ("es", "¿Quién eres?"),
        ("es", "¿Cómo te llamas?"),
    ],
)
def test_it_says_what_it_is(language, question):
    assert ask(language, question) == frames(language).about_me


@pytest.mark.parametrize(
    ("language", "question", "quoted"),
    [
        ("de", "Wohin hat Tiva die Laternen getragen?", "Sie trug eine Laterne zum Fluss."),
        ("fr", "Où portait-elle les lanternes ?", "Elle portait une lanterne à la rivière."),
        ("es", "¿Adónde llevaba las linternas?", "Llevaba una linterna al río."),
    ],
)
def test_other_questions_find_other_forms_of_their_words(language, question, quoted):
    assert quoted in ask(language, question)
