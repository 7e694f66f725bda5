"""What a language tag says about how the language is written. Pure."""

_RIGHT_TO_LEFT = {
    "ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi",
    "iw", "ji",  # older tags of he and yi
}  # fmt: skip
_RIGHT_TO_LEFT_SCRIPTS = {"adlm", "arab", "aran", "hebr", "nkoo", "rohg", "syrc", "thaa"}


def direction(tag: str) -> str:
    """Return "rtl" or "ltr" for a BCP 47 tag such as en, ar-EG or az-Arab; an explicit script decides."""
    language, *subtags = tag.replace("_", "-").lower().split("-")
    script = next((subtag for subtag in subtags if len(subtag) == 4 and subtag.isalpha()), None)
    right_to_left = script in _RIGHT_TO_LEFT_SCRIPTS if script else language in _RIGHT_TO_LEFT
    return "rtl" if right_to_left else "ltr"
