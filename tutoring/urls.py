"""Narration, prompts and help with words for the reader page, and what a child has asked."""

from django.urls import path, re_path

from tutoring.prompt_views import page_prompt
from tutoring.question_views import my_questions
from tutoring.views import answer_audio, narration_audio, page_narration, thinking
from tutoring.word_views import help_with_word

urlpatterns = [
    path("api/books/<int:book_id>/pages/<int:number>/narration/", page_narration, name="narration"),
    path("api/books/<int:book_id>/thinking/", thinking, name="thinking"),
    path("api/books/<int:book_id>/words/<int:index>/", help_with_word, name="word-help"),
    re_path(
        r"^media/narration/(?P<name>[0-9a-f]{64}\.(?:mp3|flac))$", narration_audio, name="narration-audio"
    ),
    re_path(r"^media/answers/(?P<name>[0-9a-f]{64}\.flac)$", answer_audio, name="answer-audio"),
    path("questions/", my_questions, name="my-questions"),
    path("questions/<uuid:session_id>/", my_questions, name="my-questions-of"),
    path("api/books/<int:book_id>/pages/<int:number>/prompt/", page_prompt, name="prompt"),
]
