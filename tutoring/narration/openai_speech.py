"""A hosted or local voice: any server with OpenAI's `/v1/audio/speech`. It gives no word times."""

from urllib.parse import urlsplit

import openai

from tutoring.narration import encoding
from tutoring.narration.engine import Speech, SpeechError

_DEFAULT_VOICE = "alloy"
_SPEED = 0.9  # of the model's own pace, which is a grown-up's
_RETRIED = frozenset({408, 409, 425, 429})


class OpenAISpeechEngine:
    """One model and voice of one server, for every language."""

    def __init__(
        self, base_url: str, api_key: str, model: str, voice: str = "", timeout_seconds: float = 20
    ) -> None:
        self._server = urlsplit(base_url).netloc.rpartition("@")[2]  # named in logs: without a password
        self._model = model
        self._voice = voice or _DEFAULT_VOICE
        # The client retries quickly, twice; whoever asked for the speech retries later.
        self._client = openai.OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout_seconds, max_retries=2
        )

    def voice_for(self, language: str) -> str:
        """Name the voice, for example `tts-1 alloy x0.9 at api.openai.com`."""
        return f"{self._model} {self._voice} x{_SPEED} at {self._server}"

    def speak(self, text: str, language: str) -> Speech:
        """Ask the server; no marks."""
        try:
            answer = self._client.audio.speech.create(
                model=self._model, voice=self._voice, input=text, response_format="wav", speed=_SPEED
            )
        except openai.APIStatusError as error:
            raise SpeechError(
                f"the speech server {self._server} answered {error.status_code}: see SPEECH_BASE_URL, "
                "SPEECH_API_KEY, SPEECH_MODEL and SPEECH_VOICE",
                retryable=error.status_code in _RETRIED or error.status_code >= 500,
            ) from error
        except openai.APIConnectionError as error:  # a timeout is one, too
            raise SpeechError(
                f"the speech server {self._server} cannot be reached ({error})", retryable=True
            ) from error
        samples, rate = encoding.decode(answer.content)
        if not len(samples):
            raise SpeechError(f"the speech server {self._server} sent an empty sound", retryable=True)
        return Speech(samples, rate)
