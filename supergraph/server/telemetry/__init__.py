"""What operators see of the router at work.

`observation` is the seam: what happens to a request, and the `Observer` that is told of it. `observing` puts it
around the endpoint, the operations and the upstream, only where something observes: what is switched off is
not there. The observers stand beside it, one a file.
"""

from supergraph.server.telemetry.telemetry import Telemetry, create_telemetry, serving_operators

__all__ = ["Telemetry", "create_telemetry", "serving_operators"]
