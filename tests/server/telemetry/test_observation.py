"""Who is told of a request."""

from structlog.testing import capture_logs

from supergraph.server.telemetry.observation import Observation, Observer, Observers


class Failing(Observer):
    def request_begins(self, observation: Observation) -> None:  # noqa: ARG002 - the observer's
        raise RuntimeError("no room on the disk")


class Remembering(Observer):
    def __init__(self) -> None:
        self.seen: list[Observation] = []

    def request_begins(self, observation: Observation) -> None:
        self.seen.append(observation)


def test_an_observer_that_fails_is_logged_and_harms_no_other() -> None:
    remembering, observation = Remembering(), Observation("http")

    with capture_logs() as logs:
        Observers([Failing(), remembering]).request_begins(observation)

    assert remembering.seen == [observation]
    assert [(log["observer"], log["told"]) for log in logs] == [("Failing", "request_begins")]
