"""The child is asked, too: what can be asked of a page, and what is said to an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.dialogue import questions
from tutoring.dialogue.characters import characters
from tutoring.dialogue.judging import HINTS, judge, reply_to
from tutoring.dialogue.making import prompt_of
from tutoring.dialogue.phrases import phrases
from tutoring.dialogue.prompt import GAP, Kind, Prompt, Verdict
from tutoring.dialogue.told import told

HERON = (
    "Tiva carried a small lantern to the river. The old heron stood in the reeds, and he was afraid."
    "\n\n“Who is there?” asked the heron. “I can see a light.”"
    "\n\nTiva met the heron under the bridge. She gave him a warm blanket. Then Tiva went to the bakery."
)
KATZE = (
    "Die Katze lag auf dem warmen Dach. „Komm herunter!“, rief Mina. Dann holte Mina eine lange Leiter."
    " Die Katze sprang lieber in den Garten. Am Abend brachte Mina ihr noch einen Fisch."
)
CHAT = (
    "Le chat dormait sur le grand mur. « Descends ! » cria Aïcha. Alors Aïcha posa une échelle contre la"
    " porte. Le chat sauta dans le jardin."
)
GATO = (
    "El gato dormía sobre el muro blanco. «¡Baja de ahí!», gritó Ana. Entonces Ana trajo allí una escalera."
    " El gato saltó al fin hacia el jardín."
)
PAGES = {"en": HERON, "de": KATZE, "fr": CHAT, "es": GATO}


def asked(kind: Kind, text: str = HERON, language: str = "en", **glossary: str) -> Prompt:
    """The first prompt of this kind as the pages go by."""
    prompts = (prompt_of(text, language, number, glossary) for number in range(1, 9))
    return next(prompt for prompt in prompts if prompt is not None and prompt.kind is kind)


# --- What a page tells ------------------------------------------------------------------------------
def test_only_what_the_teller_says_is_asked_about():
    assert told(HERON) == [
        "Tiva carried a small lantern to the river.",
        "The old heron stood in the reeds, and he was afraid.",
        "Tiva met the heron under the bridge.",
        "She gave him a warm blanket.",
        "Then Tiva went to the bakery.",
    ]


@pytest.mark.parametrize(
    "speech",
    [
        "“One is here. Two is there. Three is gone,” he said.",
        "“A speech of several paragraphs. It goes on.\n\n“And on. It ends here.”",
        '"One is here. Two is there," he said.',
        "„Eins ist hier. Zwei ist da“, sagte er.",
        "« Un est ici. Deux est là », dit-il.",
        "»Eins ist hier. Zwei ist da«, sagte er.",
        "—Uno está aquí. Dos está allí —dijo.",
        "'One is here. Two is there,' he said.",
        "‘One is here. Two is there,’ he said.",
        "Is it here? It was (so they say) there. And then…",
    ],
)
def test_what_somebody_says_or_doubts_is_left_out(speech):
    assert told(speech) == []


def test_an_apostrophe_and_a_title_end_no_sentence():
    text = "Mrs. Begum’s boat didn’t stop. It was well-known."
    assert told(text) == ["Mrs. Begum’s boat didn’t stop.", "It was well-known."]


@given(st.text(alphabet="Aab .,!?“”\"'‘’«»„—\n-é", max_size=80))
def test_whatever_a_page_looks_like_what_is_told_stands_in_it(text):
    line = " ".join(text.split())
    assert all(sentence in line for sentence in told(text))


# --- Whom it tells of ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text, cast",
    [
        ("Rafi ran home. “Wait!” said Mina. Rafi did not wait.", ["Rafi", "Mina"]),
        ("Then Rafi laughed. After that Rafi slept.", ["Rafi"]),
        ("Then he met Mrs. Begum. Mrs. Begum laughed.", ["Mrs. Begum"]),
        ("He looked at Uncle Kamal. “No,” said Uncle Kamal.", ["Uncle Kamal"]),
        ("The poor old woman cried. Nobody heard the poor old woman.", ["the poor old woman"]),
        ("So the King rode away.", ["the King"]),
        # Neither places, nor days, nor things, nor whoever is only spoken of or begins a sentence.
        ("She lived in London. London was large.", []),
        ("They sailed to the Castle. The Castle stood there.", []),
        ("It was late on Monday. Monday passed.", []),
        ("Suddenly everything stopped. Suddenly everything went on.", []),
        ("The stone was grey. The lantern shone.", []),
        ("She dreamed of Rafi’s boat.", []),
        ("Mina and Rafi ran.", []),
        ("The king of Lund laughed.", []),
        ("“Come,” said Sparrow. So Sparrow sang.", []),
        ("“Hail,” said Knights. So Knights sang.", []),
        ("The boys laughed.", []),
    ],
)
def test_somebody_is_whoever_was_seen_to_act(text, cast):
    assert characters(text, "en") == cast


@pytest.mark.parametrize("language, name", [("de", "Mina"), ("fr", "Aïcha"), ("es", "Ana")])
def test_elsewhere_somebody_is_whoever_speaks(language, name):
    assert characters(PAGES[language], language) == [name]


# --- Questions by rule -----------------------------------------------------------------------------------
CAST = ["Tiva", "the fox", "the old woman", "Mrs. Begum"]


def question_of(ask, sentence: str) -> questions.Question | None:
    """What can be asked of a sentence."""
    found = (ask(clause, CAST) for clause in questions.clauses(sentence))
    return next((question for question in found if question is not None), None)


@pytest.mark.parametrize(
    "ask, sentence, question, expected",
    [
        (questions.who, "Tiva met the heron.", "Who met the heron?", "Tiva"),
        (
            questions.who,
            "The old woman was afraid of the dark.",
            "Who was afraid of the dark?",
            "The old woman",
        ),
        (questions.who, "Then the fox put on her hat.", "Who put on her hat?", "The fox"),
        (questions.who, "Tiva opened the door and went out.", "Who opened the door?", "Tiva"),
        (questions.who, "One day, Mrs. Begum sold the blue boat.", "Who sold the blue boat?", "Mrs. Begum"),
        (questions.who, "When it was dark, the fox met the heron.", "Who met the heron?", "The fox"),
        (
            questions.who,
            "It was dark and Tiva lit the old lamp, but in vain.",
            "Who lit the old lamp?",
            "Tiva",
        ),
        (questions.where, "Tiva ran to the river.", "Where did Tiva run?", "the river"),
        (questions.where, "The fox lived in a deep cave.", "Where did the fox live?", "a deep cave"),
        (questions.where, "Tiva sat by the fire until it was dark.", "Where did Tiva sit?", "the fire"),
        (
            questions.what,
            "Tiva carried a small lantern to the river.",
            "What did Tiva carry to the river?",
            "a small lantern",
        ),
        (questions.what, "The fox caught a bag of nuts.", "What did the fox catch?", "a bag of nuts"),
    ],
)
def test_a_simple_sentence_becomes_a_question(ask, sentence, question, expected):
    found = question_of(ask, sentence)
    assert (found.text, found.expected) == (question, expected)
    assert expected in found.sentence
    assert found.sentence[:-1].lower() in sentence.lower()


@pytest.mark.parametrize(
    "ask, sentence",
    [
        (questions.who, "Tiva laughed."),  # who did not?
        (questions.who, "Tiva gave him a lamp."),  # whom?
        (questions.who, "Tiva told her to wait."),
        (questions.who, "Tiva was so tired that she slept."),
        (questions.who, "Tiva stood between the wolf and the fox."),
        (questions.who, "Tiva took the long and winding road."),
        (questions.who, "Tiva had been there before."),
        (questions.who, "Tiva found the hours as short as minutes."),
        (questions.who, "The road that Tiva took was long."),
        (questions.who, "Tiva had never been."),
        (questions.who, "Tiva would have met the heron."),
        (questions.who, "He met the heron."),
        (questions.who, "Tiva, who was small, met the heron."),
        (questions.who, "Tiva met the heron!"),
        (questions.where, "Tiva went to the king."),
        (questions.where, "Tiva went to the rescue."),
        (questions.where, "Tiva ran in the morning."),
        (questions.where, "Tiva fell on her knees."),
        (questions.where, "Tiva went home."),
        (questions.what, "The fox saw the king."),
        (questions.what, "The fox opened his eyes."),
        (questions.what, "The fox carried it to the river."),
        (questions.what, "The fox found the door closed."),
        (questions.what, "The fox caught the old woman a fish."),
        (questions.what, "The fox carried the lantern to him."),
    ],
)
def test_what_is_in_doubt_makes_no_question(ask, sentence):
    assert question_of(ask, sentence) is None


# --- The prompt of a page ----------------------------------------------------------------------------------
def test_the_kinds_go_round_from_page_to_page():
    kinds = [prompt_of(HERON, "en", number, {}).kind for number in range(4, 12)]
    assert set(kinds[:4]) == set(Kind)
    assert kinds[:4] == kinds[4:]


def test_at_every_third_page_the_kinds_go_round_too():
    assert {prompt_of(HERON, "en", number, {}).kind for number in (3, 6, 9, 12)} == set(Kind)


def test_a_class_gets_the_same_prompt():
    for number in range(1, 5):
        assert prompt_of(HERON, "en", number, {}) == prompt_of(HERON, "en", number, {})


def test_the_child_is_asked_in_four_ways():
    assert asked(Kind.COMPLETION).text == f"Can you finish it? Then Tiva went to the {GAP}."
    assert asked(Kind.RECALL).text == "What did Tiva carry to the river?"
    assert asked(Kind.WH).text == "Where did Tiva go?"
    assert asked(Kind.OPEN).text == "How do you think Tiva felt?"


def test_a_word_that_the_book_explains_is_what_a_child_is_asked_for():
    assert asked(Kind.COMPLETION, river="Water on its way to the sea.").expected == "river"


def test_there_are_two_other_things_of_the_page_to_tap():
    prompt = asked(Kind.COMPLETION)
    assert len(prompt.choices) == 3
    assert prompt.expected in prompt.choices
    assert all(choice in HERON for choice in prompt.choices)
    assert list(prompt.choices) == sorted(prompt.choices)


def test_where_rules_make_no_question_a_frame_asks():
    text = "“Look!” said Tiva. Slowly it grew dark. “I see,” said Tiva."
    assert asked(Kind.RECALL, text).text == "What do you remember about Tiva?"


@pytest.mark.parametrize(
    "text", ["", " ", "“Oh!”", "It was so. It was not so.", "Chapter 7", "1. 2. 3.", "…"]
)
def test_a_page_that_gives_nothing_asks_nothing(text):
    assert [prompt_of(text, "en", number, {}) for number in range(4)] == [None] * 4


@pytest.mark.parametrize("language", ["sw", "ar", "zh-Hans", "", "x"])
def test_where_we_do_not_speak_the_language_nothing_is_asked(language):
    assert prompt_of(HERON, language, 1, {}) is None


@pytest.mark.parametrize(
    "language, finish, expected, open_",
    [
        ("de-AT", "Wie geht der Satz zu Ende? Am Abend brachte Mina ihr noch einen ____.", "Fisch", "Mina"),
        ("fr", "Comment finit la phrase ? Alors Aïcha posa une échelle contre la ____.", "porte", "Aïcha"),
        ("es-MX", "¿Cómo termina la frase? Entonces Ana trajo allí una ____.", "escalera", "Ana"),
    ],
)
def test_children_are_asked_in_their_books_language(language, finish, expected, open_):
    text = PAGES[language[:2]]
    prompt = asked(Kind.COMPLETION, text, language)
    assert (prompt.text, prompt.expected) == (finish, expected)
    assert open_ in asked(Kind.OPEN, text, language).text
    assert open_ in asked(Kind.RECALL, text, language).text


PIECES = "Tiva The the old fox king a lantern river ran carried saw to in and she him said Then , . ! “ ”"
pieces = st.sampled_from([*PIECES.split(), "\n\n"])
pages = st.lists(pieces, max_size=60).map(" ".join)


@given(text=pages, number=st.integers(0, 50), language=st.sampled_from(["en", "de", "fr", "es"]))
def test_whatever_is_asked_stands_in_the_page_and_does_not_give_itself_away(text, number, language):
    prompt = prompt_of(text, language, number, {"lantern": "A lamp."})
    if prompt is None:
        return
    assert prompt.sentence[:-1].lower() in " ".join(text.split()).lower()
    assert prompt.expected in prompt.sentence
    assert bool(prompt.expected) or prompt.kind in (Kind.OPEN, Kind.RECALL)
    assert (GAP in prompt.text) == (prompt.kind is Kind.COMPLETION)
    if prompt.kind is Kind.COMPLETION:
        assert prompt.expected.lower() not in prompt.text.lower().replace(GAP, "").split()
    if prompt.choices:
        assert len(set(prompt.choices)) == 3
        assert prompt.expected in prompt.choices


@given(text=st.text(max_size=200), number=st.integers(0, 9))
def test_no_text_breaks_it(text, number):
    prompt_of(text, "en", number, {})


# --- The answer --------------------------------------------------------------------------------------------
COMPLETION = Prompt(
    Kind.COMPLETION,
    f"Can you finish it? The fox carried her {GAP}.",
    "en",
    "lantern",
    "The fox carried her lantern.",
    (),
)
WHO = Prompt(Kind.WH, "Who met the heron?", "en", "The old woman", "The old woman met the heron.", ())
FEELING = Prompt(Kind.OPEN, "How do you think Tiva felt?", "en", "", "", ())
REMEMBER = Prompt(Kind.RECALL, "What do you remember about Tiva?", "en", "", "Tiva met the heron.", ())


@pytest.mark.parametrize(
    "answer",
    ["lantern", "Lantern!", "a lantern", "lanterns", "lantren", "lantrn", "The fox carried her lantern."],
)
def test_the_word_with_an_ending_a_slip_or_a_sentence_around_it_is_right(answer):
    assert judge(COMPLETION, answer) is Verdict.PRAISE


@pytest.mark.parametrize("answer", ["lamtren", "landing", "lanten light on"])
def test_what_is_nearly_the_word_is_not_far(answer):
    assert judge(COMPLETION, answer) in (Verdict.CLOSE, Verdict.PRAISE)


@pytest.mark.parametrize("answer", ["", "   ", "river", "hat", "I don't know", "her", "?!", "🦊"])
def test_anything_else_gets_a_hint(answer):
    assert judge(COMPLETION, answer) is Verdict.HINT


def test_a_short_word_is_no_other_short_word():
    prompt = COMPLETION._replace(expected="boat", sentence="The fox carried her boat.")
    assert judge(prompt, "goat") is Verdict.CLOSE
    assert judge(prompt._replace(expected="cat", sentence="It was a cat."), "hat") is Verdict.HINT


@pytest.mark.parametrize("answer", ["the old woman", "woman", "The woman did!", "an old womman"])
def test_who_it_was_may_be_said_shortly(answer):
    assert judge(WHO, answer) is Verdict.PRAISE


def test_the_little_words_of_a_phrase_are_no_answer():
    assert judge(WHO, "the old") is Verdict.HINT
    assert judge(WHO, "the") is Verdict.HINT


def test_accents_may_be_left_out():
    prompt = Prompt(Kind.COMPLETION, "", "fr", "échelle", "Elle posa une échelle.", ())
    assert judge(prompt, "echelle") is Verdict.PRAISE
    assert judge(prompt, "une ÉCHELLE") is Verdict.PRAISE


@pytest.mark.parametrize("answer", ["sad", "I think she was happy!", "She was scared because of the dark"])
def test_whatever_a_child_thinks_is_praised(answer):
    assert judge(FEELING, answer) is Verdict.PRAISE
    assert judge(REMEMBER, answer) is Verdict.PRAISE


@pytest.mark.parametrize("answer", ["", "the", "I don't know", "i dont know", "No idea.", "nothing", "..."])
def test_who_says_nothing_is_asked_again(answer):
    assert judge(FEELING, answer) is Verdict.HINT


@pytest.mark.parametrize(
    "language, answer", [("de", "Ich weiß es nicht"), ("fr", "je ne sais pas"), ("es", "No sé")]
)
def test_not_to_know_is_known_in_each_language(language, answer):
    assert judge(FEELING._replace(language=language), answer) is Verdict.HINT


def test_praise_says_the_sentence_again():
    reply = reply_to(COMPLETION, "a lantern", 1)
    assert reply.done
    assert reply.text.endswith("The fox carried her lantern.")
    assert reply_to(REMEMBER, "the heron", 1).text.endswith("We read: Tiva met the heron.")
    assert reply_to(FEELING, "sad", 1).text == "Thank you for telling me what you think!"


def test_a_hint_has_the_first_letter_and_the_gap():
    assert reply_to(COMPLETION, "river", 1).text == f"Good try. It begins with L: The fox carried her {GAP}."
    assert reply_to(COMPLETION, "landing", 1).text.startswith("Almost! ")
    assert reply_to(WHO, "the fox", 1).text == f"Good try. It begins with W: {GAP} met the heron."
    again = reply_to(FEELING, "", 1)
    assert again.text == "Whatever you think is fine. How do you think Tiva felt?"


def test_the_gap_is_the_word_and_not_a_part_of_another():
    prompt = COMPLETION._replace(expected="hat", sentence="That was what she called her hat.")
    assert reply_to(prompt, "x", 1).text.endswith(f"That was what she called her {GAP}.")


def test_after_two_hints_the_answer_is_told_kindly():
    replies = [reply_to(COMPLETION, "river", attempt) for attempt in (1, 2, 3)]
    assert [reply.done for reply in replies] == [False, False, True]
    assert replies[2].text == "Here it is: The fox carried her lantern."
    assert reply_to(FEELING, "", 3).text == "That is all right. Let us read on!"


PROMPTS = [
    prompt
    for language, text in PAGES.items()
    for number in range(4)
    if (prompt := prompt_of(text, language, number, {}))
]


@given(prompt=st.sampled_from(PROMPTS), answer=st.text(max_size=300), attempt=st.integers(1, 9))
def test_every_answer_gets_a_kind_reply_that_ends_in_time(prompt, answer, attempt):
    reply = reply_to(prompt, answer, attempt)
    assert reply.text
    assert "{" not in reply.text
    assert reply.done == (reply.verdict is Verdict.PRAISE or attempt > HINTS)


@given(prompt=st.sampled_from(PROMPTS), attempt=st.integers(1, 4))
def test_what_the_child_said_is_in_no_reply(prompt, attempt):
    assert "quokka" not in reply_to(prompt, "quokka", attempt).text


@given(prompt=st.sampled_from([each for each in PROMPTS if each.expected]))
def test_a_hint_does_not_tell_and_what_was_expected_is_praised(prompt):
    hint = reply_to(prompt, "", 1)
    assert GAP in hint.text
    assert prompt.expected not in hint.text
    assert judge(prompt, prompt.expected) is Verdict.PRAISE
    assert all(
        judge(prompt, choice) is not Verdict.PRAISE for choice in prompt.choices if choice != prompt.expected
    )


@pytest.mark.parametrize("language", PAGES)
def test_the_frames_are_filled_with_what_they_name(language):
    say = phrases(language)
    everything = {"gap": "x", "sentence": "x", "who": "x", "letter": "x", "hint": "x", "question": "x"}
    for frame in say:
        for each in [frame] if isinstance(frame, str) else frame:
            assert "{" not in each.format(**everything)
