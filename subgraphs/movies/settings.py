"""What the movies subgraph runs on."""

from pydantic_settings import SettingsConfigDict

from subgraphs.common.settings import SubgraphSettings

NAME = "movies"


class Settings(SubgraphSettings):
    """The settings of every subgraph, from `MOVIES_DATABASE_URL` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="MOVIES_", frozen=True, extra="ignore", populate_by_name=True
    )
