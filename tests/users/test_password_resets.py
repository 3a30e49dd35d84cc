"""A forgotten password is set by a mailed link."""

from datetime import timedelta
from typing import Any

import pytest

from subgraphs.common.demo.members import PASSPHRASE
from tests.users.conftest import People

ASK = "mutation($email: String!) { requestPasswordReset(input: {email: $email}) { accepted } }"
SESSION = "session { refreshToken user { handle } }"
FRESH = "fresh words for the door"


async def ask(people: People, email: str = "ada@example.com") -> str:
    await people.data(ASK, email=email)
    await people.work()
    return people.mailbox.token(email)


async def reset(people: People, token: str, password: str = FRESH) -> Any:
    return await people.mutate("resetPassword", SESSION, token=token, password=password)


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "no address"])
async def test_a_reset_is_always_accepted(people: People, email: str) -> None:
    assert await people.data(ASK, email=email) == {"requestPasswordReset": {"accepted": True}}


async def test_nobody_gets_a_mail_who_has_no_account(people: People) -> None:
    await people.data(ASK, email="nobody@example.com")
    await people.work()
    assert people.mailbox.mails == []


async def test_a_known_address_and_an_unknown_one_cost_the_same_statements(people: People) -> None:
    known = await people.statements(ASK, email="ada@example.com")
    unknown = await people.statements(ASK, email="nobody@example.com")
    assert known == unknown


async def test_the_mailed_link_sets_the_password_and_signs_in(people: People) -> None:
    payload = await reset(people, await ask(people))
    assert payload["session"]["user"]["handle"] == "ada"
    signed_in = await people.mutate("signIn", SESSION, handle="ada", password=FRESH)
    assert signed_in["errors"] == []


async def test_a_reset_ends_the_other_sessions(people: People) -> None:
    old = await people.mutate("signIn", SESSION, handle="ada", password=PASSPHRASE)
    await reset(people, await ask(people))
    refreshed = await people.mutate("refreshSession", SESSION, refreshToken=old["session"]["refreshToken"])
    assert refreshed["session"] is None


async def test_a_reset_link_works_once(people: People) -> None:
    token = await ask(people)
    await reset(people, token)
    assert (await reset(people, token))["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_a_reset_takes_earlier_links_out_of_use(people: People) -> None:
    earlier = await ask(people)
    people.now += timedelta(minutes=2)
    await reset(people, await ask(people))
    assert (await reset(people, earlier))["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_a_reset_link_is_good_for_an_hour(people: People) -> None:
    token = await ask(people)
    people.now += timedelta(hours=1)
    assert (await reset(people, token))["errors"][0]["code"] == "TOKEN_EXPIRED"


async def test_a_password_that_breaks_a_rule_leaves_the_link_in_use(people: People) -> None:
    token = await ask(people)
    assert (await reset(people, token, "short"))["errors"][0]["path"] == ["input", "password"]
    assert (await reset(people, token))["errors"] == []


async def test_nobody_fills_a_mailbox_with_resets(people: People) -> None:
    for _ in range(5):
        await ask(people)
    assert len(people.mailbox.mails) == 1


async def test_a_reset_link_opens_nothing_else(people: People) -> None:
    payload = await people.mutate("activateAccount", SESSION, token=await ask(people))
    assert payload["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_a_reset_lets_a_slowed_owner_in_at_once(people: People) -> None:
    for _ in range(6):
        await people.mutate("signIn", SESSION, handle="ada", password="wrong")
    await reset(people, await ask(people))
    people.pauses.clear()
    await people.mutate("signIn", SESSION, handle="ada", password=FRESH)
    assert people.pauses == [0]
