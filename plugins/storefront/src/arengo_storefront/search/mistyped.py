"""Words in which two neighbouring letters changed places, as quick fingers do."""

from __future__ import annotations

from collections.abc import Iterator

_SHORTEST = 4
_MOST = 100


def swapped(folded: str) -> str:
    """What may have been meant, as alternatives for ``websearch_to_tsquery``; empty: nothing.

    In each one word has two letters changed back. Trigrams find few of these: one swap spoils
    four of a word's. ``folded`` is text in lower-case ASCII.
    """
    words = folded.split()
    found = (
        " ".join([*words[:place], other, *words[place + 1 :]])
        for place, word in enumerate(words)
        if len(word) >= _SHORTEST and word.isalpha()
        for other in _swaps(word)
    )
    return " or ".join(dict.fromkeys(one for one, _ in zip(found, range(_MOST), strict=False)))


def _swaps(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        first, second = word[place : place + 2]
        if first != second:
            yield f"{word[:place]}{second}{first}{word[place + 2 :]}"
