"""What the rentals subgraph runs on."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from subgraphs.common.settings import SubgraphSettings

NAME = "rentals"


class Settings(SubgraphSettings):
    """The settings of every subgraph, from `RENTALS_DATABASE_URL` and so on, and the counter's own.

    `offer_key` seals offers: one secret of 32 bytes or more, or several as `id:secret,id:secret`, of which the
    first seals and all open (put a new one in front to rotate). Where it is empty, one is made once and kept in
    the file `offer.key` below `var`. `payment_provider` is an import string (`package.module:factory`) of what
    makes the payment provider; where it is empty, the demo has its own and everything else has none.
    """

    model_config = SettingsConfigDict(
        env_prefix="RENTALS_", frozen=True, extra="ignore", populate_by_name=True
    )

    offer_key: SecretStr = SecretStr("")
    payment_provider: str = ""

    def offer_key_file(self) -> Path:
        """Where the key that nobody set is kept."""
        return self.var / "offer.key"
