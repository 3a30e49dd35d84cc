"""A clock that a test sets."""


class Clock:
    """Stands still until `now` is changed."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now
