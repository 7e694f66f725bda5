"""The tutor, what is not for children, and the voice: whom they ask, and for how long."""

from readerai import env

LLM_BASE_URL = env.url("LLM_BASE_URL", "", schemes=["http", "https"])  # OpenAI-compatible; empty: offline
LLM_API_KEY = env.text("LLM_API_KEY", "")
LLM_MODEL = env.text("LLM_MODEL", "gpt-4o-mini")
LLM_PRICE_INPUT = env.decimal("LLM_PRICE_INPUT", 0, low=0, high=100_000)  # of a million tokens, any currency
LLM_PRICE_OUTPUT = env.decimal("LLM_PRICE_OUTPUT", 0, low=0, high=100_000)
# Asked where the one before fails; the offline tutor comes last.
LLM_2_BASE_URL = env.url("LLM_2_BASE_URL", "", schemes=["http", "https"])
LLM_2_API_KEY = env.text("LLM_2_API_KEY", "")
LLM_2_MODEL = env.text("LLM_2_MODEL", "")
LLM_2_PRICE_INPUT = env.decimal("LLM_2_PRICE_INPUT", 0, low=0, high=100_000)
LLM_2_PRICE_OUTPUT = env.decimal("LLM_2_PRICE_OUTPUT", 0, low=0, high=100_000)
LLM_3_BASE_URL = env.url("LLM_3_BASE_URL", "", schemes=["http", "https"])
LLM_3_API_KEY = env.text("LLM_3_API_KEY", "")
LLM_3_MODEL = env.text("LLM_3_MODEL", "")
LLM_3_PRICE_INPUT = env.decimal("LLM_3_PRICE_INPUT", 0, low=0, high=100_000)
LLM_3_PRICE_OUTPUT = env.decimal("LLM_3_PRICE_OUTPUT", 0, low=0, high=100_000)
for _before, _name in (("LLM", "LLM_2"), ("LLM_2", "LLM_3")):
    env.needs(f"{_name}_BASE_URL", f"{_name}_MODEL", f"{_before}_BASE_URL")
    env.needs(f"{_name}_MODEL", f"{_name}_BASE_URL")
    env.needs(f"{_name}_API_KEY", f"{_name}_BASE_URL")
LLM_FIRST_TOKEN_SECONDS = env.number("LLM_FIRST_TOKEN_SECONDS", 10, low=1, high=120)
ANSWER_SECONDS = env.number("ANSWER_SECONDS", 30, low=2, high=300)  # a question's deadline, answered or not
# Seconds without a sign of life after which the worker that answers a question is taken for dead.
ANSWER_LEASE_SECONDS = env.number("ANSWER_LEASE_SECONDS", 10, low=1, high=120)
# Seconds for which an answer is kept for other children who ask the same on the same page; 0: none is.
ANSWER_CACHE_SECONDS = env.number("ANSWER_CACHE_SECONDS", 2_592_000, low=0, high=31_536_000)

# OpenAI-compatible moderation of questions and sentences, beside the local checker; empty: none.
MODERATION_BASE_URL = env.url("MODERATION_BASE_URL", "", schemes=["http", "https"])
MODERATION_API_KEY = env.text("MODERATION_API_KEY", "")
MODERATION_MODEL = env.text("MODERATION_MODEL", "omni-moderation-latest")
# Seconds after which the text counts as not checked.
MODERATION_SECONDS = env.number("MODERATION_SECONDS", 3, low=1, high=30)

# OpenAI-compatible; empty: espeak-ng.
SPEECH_BASE_URL = env.url("SPEECH_BASE_URL", "", schemes=["http", "https"])
SPEECH_API_KEY = env.text("SPEECH_API_KEY", "")
SPEECH_MODEL = env.text("SPEECH_MODEL", "tts-1")
SPEECH_VOICE = env.text("SPEECH_VOICE", "")  # empty: the engine's own default for the language

# Questions may be spoken, where the browser recognises speech: it may send the voice to its maker.
SPEECH_INPUT = env.flag("SPEECH_INPUT", True)
