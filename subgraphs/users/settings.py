"""What the users subgraph runs on."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from subgraphs.common.settings import SubgraphSettings

NAME = "users"


class Settings(SubgraphSettings):
    """The settings of every subgraph, and these, from `USERS_ISSUER` and so on.

    `issuer` and `audience` stand in access tokens. `signing_keys` are Ed25519 private keys, 32 bytes in base64
    each, separated by spaces: the first signs, all are published. `token_secret` is what refresh and
    mailed tokens are derived with. Where these two are empty, files below `var` hold them, made at first need.
    `smtp_url` is `smtp://` (STARTTLS where the server has it), `smtp+starttls://` (required) or `smtps://`, with
    user and password; where it is empty, mail goes into `mail/` below `var`. `public_url` begins the links in mails.
    """

    model_config = SettingsConfigDict(env_prefix="USERS_", frozen=True, extra="ignore", populate_by_name=True)

    issuer: str = "movie-rental/users"
    audience: str = "movie-rental"
    signing_keys: SecretStr = SecretStr("")
    token_secret: SecretStr = SecretStr("")
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "Last Row <no-reply@movie-rental.example>"
    public_url: str = Field(default="http://127.0.0.1:4000", pattern=r"^https?://[^\s/]+")
