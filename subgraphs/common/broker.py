"""Which broker the settings ask for."""

from subgraphs.common.embedded_broker import EmbeddedBroker
from subgraphs.common.messages import Broker, Listeners
from subgraphs.common.rabbitmq_broker import RabbitMQBroker
from subgraphs.common.settings import SettingsError, SubgraphSettings


def open_broker(settings: SubgraphSettings, listeners: Listeners) -> Broker:
    """RabbitMQ where `broker_url` names one, else the embedded broker's file below `var`.

    `listeners` are all queues that must have a message before it counts as published; the embedded broker's log
    keeps everything for whoever comes, and needs no such list.

    Raises:
        SettingsError: the URL is of no kind that we speak.
    """
    if not settings.broker_url:
        return EmbeddedBroker(settings.var / "broker.sqlite")
    if settings.broker_url.startswith(("amqp://", "amqps://")):
        return RabbitMQBroker(settings.broker_url, listeners, settings.broker_prefix)
    raise SettingsError(
        "BROKER_URL must begin with amqp:// or amqps://; leave it empty for the embedded broker."
    )
