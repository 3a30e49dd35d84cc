"""What reading a supergraph can refuse."""


class InvalidSupergraphError(ValueError):
    """The text is no supergraph SDL that a router can load; the message says what to do."""
