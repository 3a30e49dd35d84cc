"""What administrators do with other people's accounts."""

from tests.journeys.staging import Stage, Stories, Told, ask


async def grant_role(stage: Stage) -> Told:
    adam = await stage.as_("adam")
    yield None, await ask(adam, "grantRole", userId=stage.member.user_id, role="CLERK")
    yield "NotFound", await ask(adam, "grantRole", userId="usr_none", role="CLERK")


async def revoke_role(stage: Stage) -> Told:
    adam = await stage.as_("adam")
    yield None, await ask(adam, "revokeRole", userId=stage.member.user_id, role="CLERK")
    yield "InvalidInput", await ask(adam, "revokeRole", userId=stage.member.user_id, role="CUSTOMER")
    yield "NotFound", await ask(adam, "revokeRole", userId="usr_none", role="CLERK")


async def change_membership(stage: Stage) -> Told:
    adam = await stage.as_("adam")
    yield None, await ask(adam, "changeMembership", userId=stage.member.user_id, tier="PREMIER")
    yield "NotFound", await ask(adam, "changeMembership", userId="usr_none", tier="PLUS")


STORIES: Stories = {
    "grantRole": grant_role,
    "revokeRole": revoke_role,
    "changeMembership": change_membership,
}
