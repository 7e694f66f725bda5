"""Why a question or a sentence is stopped, or kept for a grown-up's eyes. Pure."""

from enum import StrEnum


class Category(StrEnum):
    """What was found. The first two come first in every respect: a child may be in danger."""

    SELF_HARM = "self-harm"
    ABUSE = "abuse"
    VIOLENCE = "violence"
    SEX = "sex"
    DRUGS = "drugs"
    HATE = "hate"
    PERSONAL_DATA = "personal data"
    LINK = "link"
    INSTRUCTIONS = "instructions"  # an attempt to change the tutor's role or to have its rules
    MARKUP = "markup"  # what a screen might take for more than text
    OTHER = "other"  # the moderation endpoint has a reason that we have no name for
    UNCHECKED = "unchecked"  # the moderation endpoint did not say

    @property
    def urgent(self) -> bool:
        """Must a grown-up be told at once?"""
        return self in (Category.SELF_HARM, Category.ABUSE)

    @property
    def for_review(self) -> bool:
        """Is there anything for a grown-up to look at?"""
        return self is not Category.UNCHECKED
