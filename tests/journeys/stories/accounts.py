"""How people join, sign in, look after their accounts, and leave."""

from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from tests.journeys.conftest import PASSPHRASE, new_person
from tests.journeys.staging import LONG_AGO, NEW_PASSWORD, Stage, Stories, Told, ask, key, until, usd


async def register(stage: Stage) -> Told:
    said = new_person()
    yield None, await ask(stage.visitor, "register", **said)
    yield "HandleTaken", await ask(stage.visitor, "register", **said | key())
    yield "IdempotencyKeyReused", await ask(stage.visitor, "register", **said | {"displayName": "Other"})
    yield "InvalidInput", await ask(stage.visitor, "register", **new_person(password="short"))


async def resend_activation(stage: Stage) -> Told:
    token = (await ask(stage.visitor, "register", **new_person()))["statusToken"]
    yield None, await ask(stage.visitor, "resendActivation", statusToken=token)


async def activate_account(stage: Stage) -> Told:
    said = new_person()
    await ask(stage.visitor, "register", **said)
    token = stage.token(said["email"])
    yield None, await ask(stage.visitor, "activateAccount", token=token)
    yield "InvalidCredentials", await ask(stage.visitor, "activateAccount", token=token)
    late = new_person()
    await ask(stage.visitor, "register", **late)
    token = stage.token(late["email"])
    expire = "UPDATE letters SET expires_at = :at WHERE address = :address"
    await stage.store("users", expire, at=LONG_AGO, address=late["email"])
    yield "TokenExpired", await ask(stage.visitor, "activateAccount", token=token)
    wanted = new_person()["email"]
    version = (await stage.member.data("{ viewer { version } }"))["viewer"]["version"]
    await ask(stage.member, "updateProfile", expectedVersion=version, email=wanted)
    confirmation = stage.token(wanted)
    age = "UPDATE letters SET created_at = :at WHERE address = :address"
    await stage.store("users", age, at=LONG_AGO, address=wanted)
    other = new_person(email=wanted)
    await ask(stage.visitor, "register", **other)
    await ask(stage.visitor, "activateAccount", token=await stage.next_token(wanted, confirmation))
    yield "InvalidInput", await ask(stage.visitor, "activateAccount", token=confirmation)
    leaver, leavers = new_person()["email"], await stage.person()
    await ask(leavers[0], "updateProfile", expectedVersion=1, email=leaver)
    await stage.keep_waiting(leavers[0].user_id)
    yield "ClosingUnderway", await ask(stage.visitor, "activateAccount", token=stage.token(leaver))


async def sign_in(stage: Stage) -> Told:
    yield None, await ask(stage.visitor, "signIn", handle="ada", password=PASSPHRASE)
    yield "InvalidCredentials", await ask(stage.visitor, "signIn", handle=uuid4().hex, password=PASSPHRASE)
    client, said = await stage.person()
    await stage.keep_waiting(client.user_id)
    handle, password = said["handle"], said["password"]
    yield "ClosingUnderway", await ask(stage.visitor, "signIn", handle=handle, password=password)


async def refresh_session(stage: Stage) -> Told:
    session = (await ask(stage.visitor, "signIn", handle="kim", password=PASSPHRASE))["session"]
    yield "InvalidCredentials", await ask(stage.visitor, "refreshSession", refreshToken="none")
    payload = await ask(stage.visitor, "refreshSession", refreshToken=session["refreshToken"])
    yield None, payload
    client, said = await stage.person()
    proof = {"handle": said["handle"], "password": said["password"]}
    leaving = (await ask(stage.visitor, "signIn", **proof))["session"]
    await stage.keep_waiting(client.user_id)
    refresh = partial(ask, stage.visitor, "refreshSession", refreshToken=leaving["refreshToken"])
    yield "ClosingUnderway", await refresh()
    expire = "UPDATE sessions SET expires_at = :at WHERE user_id = :user"
    await stage.store("users", expire, at=LONG_AGO, user=session["user"]["id"])
    yield (
        "TokenExpired",
        await ask(stage.visitor, "refreshSession", refreshToken=payload["session"]["refreshToken"]),
    )


async def sign_out(stage: Stage) -> Told:
    session = (await ask(stage.visitor, "signIn", handle="ada", password=PASSPHRASE))["session"]
    yield None, await ask(stage.visitor, "signOut", refreshToken=session["refreshToken"])


async def request_password_reset(stage: Stage) -> Told:
    yield None, await ask(stage.visitor, "requestPasswordReset", email="nobody@example.com")


async def reset_password(stage: Stage) -> Told:
    _, said = await stage.person()
    use = "UPDATE letters SET address = 'used' WHERE address = :address"
    await stage.store("users", use, address=said["email"])
    reset = partial(ask, stage.visitor, "resetPassword")
    yield "InvalidCredentials", await reset(token="none", password=NEW_PASSWORD)
    activation = stage.token(said["email"])
    await ask(stage.visitor, "requestPasswordReset", email=said["email"])
    token = await stage.next_token(said["email"], activation)
    yield "InvalidInput", await reset(token=token, password="short")
    at = "UPDATE letters SET expires_at = :at WHERE address = :address"
    await stage.store("users", at, at=LONG_AGO, address=said["email"])
    yield "TokenExpired", await reset(token=token, password=NEW_PASSWORD)
    await stage.store("users", at, at=datetime(2100, 1, 1, tzinfo=UTC), address=said["email"])
    yield None, await reset(token=token, password=NEW_PASSWORD)
    client, said = await stage.person()
    activation = stage.token(said["email"])
    await ask(stage.visitor, "requestPasswordReset", email=said["email"])
    token = await stage.next_token(said["email"], activation)
    await stage.keep_waiting(client.user_id)
    yield "ClosingUnderway", await reset(token=token, password=NEW_PASSWORD)


async def change_password(stage: Stage) -> Told:
    client, said = await stage.person()
    change = partial(ask, client, "changePassword")
    yield "InvalidCredentials", await change(currentPassword="wrong", newPassword=NEW_PASSWORD)
    yield "InvalidInput", await change(currentPassword=said["password"], newPassword="short")
    yield None, await change(currentPassword=said["password"], newPassword=NEW_PASSWORD)
    client, said = await stage.person()
    await stage.keep_waiting(client.user_id)
    change = partial(ask, client, "changePassword", currentPassword=said["password"])
    yield "ClosingUnderway", await change(newPassword=NEW_PASSWORD)


async def update_profile(stage: Stage) -> Told:
    version = (await stage.member.data("{ viewer { version } }"))["viewer"]["version"]
    change = partial(ask, stage.member, "updateProfile", expectedVersion=version)
    yield "InvalidInput", await change(displayName=" ")
    yield None, await change(displayName="Renamed")
    yield "VersionConflict", await change(displayName="Again")


async def close_account(stage: Stage) -> Told:
    client, said = await stage.person()
    close = partial(ask, client, "closeAccount", password=said["password"])
    yield "InvalidCredentials", await ask(client, "closeAccount", password="wrong")
    rental = await stage.rented(client)
    barred = "RENTALS_OUTSTANDING", "BALANCE_OUTSTANDING"
    yield "RentalsOutstanding", await until(close, *barred)
    await ask(stage.clerk, "returnCopy", barcode=rental["copy"]["barcode"], **key())
    yield "BalanceOutstanding", await until(close, "BALANCE_OUTSTANDING")
    owed = (await client.data("{ viewer { balance { amountMinor } } }"))["viewer"]["balance"]["amountMinor"]
    await ask(client, "payBalance", amount=usd(owed), paymentToken="demo-ok", **key())
    yield None, await until(close)


STORIES: Stories = {
    "register": register,
    "resendActivation": resend_activation,
    "activateAccount": activate_account,
    "signIn": sign_in,
    "refreshSession": refresh_session,
    "signOut": sign_out,
    "requestPasswordReset": request_password_reset,
    "resetPassword": reset_password,
    "changePassword": change_password,
    "updateProfile": update_profile,
    "closeAccount": close_account,
}
