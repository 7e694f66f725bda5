"""The animals that stand for children: one picture each, static/animals/NAME.svg."""

ANIMALS = (
    "bear",
    "cat",
    "dog",
    "elephant",
    "fox",
    "frog",
    "gull",
    "hare",
    "hedgehog",
    "owl",
    "penguin",
    "turtle",
)


def picture(animal: str) -> str:
    """Return the static file's path of an animal's picture; an owl stands in for one we never drew."""
    return f"animals/{animal if animal in ANIMALS else 'owl'}.svg"
