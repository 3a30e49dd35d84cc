"""How soon somebody who guesses comes upon a password: it is held against common ones (NIST SP 800-63B, 3.1.1.2)."""

from collections.abc import Sequence

LONGEST_JUDGED = 72
"""Characters that are looked at: so many that are hard to guess are enough, and the work grows with the square."""
SAFE_SCORE = 3
"""Of 0 to 4; this many means that a hundred million guesses are not enough."""


def weakness(password: str, known: Sequence[str]) -> str | None:
    """Why a password is soon guessed, by lists of common passwords, names and words; None where it is not.

    `known` are words about its owner. Call it in one thread at a time: the library keeps these in one place for all.
    """
    from zxcvbn import zxcvbn  # its lists take a while to read, and most processes never need them

    judged = zxcvbn(password[:LONGEST_JUDGED], [word for word in known if word], LONGEST_JUDGED)
    if judged["score"] >= SAFE_SCORE:
        return None
    reason = judged["feedback"]["warning"]
    return " ".join(
        filter(None, ("This password is too easy to guess.", reason, "A few unrelated words do well."))
    )
