"""What administrators do with other people's accounts."""

from __future__ import annotations

import strawberry

from subgraphs.users.context import UsersInfo
from subgraphs.users.resolvers.refusing import mutation
from subgraphs.users.roles import ADMINISTER_USERS
from subgraphs.users.service import staff
from subgraphs.users.types.inputs import ChangeMembershipInput, RoleInput
from subgraphs.users.types.payloads import ChangeMembershipPayload, RolePayload
from subgraphs.users.types.people import User

FOR_ADMINISTRATORS = {"requires_scopes": [[ADMINISTER_USERS]], "tags": ["staff"]}


@strawberry.type
class StaffMutations:
    """Roles and memberships."""

    @mutation(RolePayload, **FOR_ADMINISTRATORS)
    async def grant_role(self, info: UsersInfo, input: RoleInput) -> RolePayload | None:
        """Gives somebody a role."""
        context = info.context
        row = await staff.grant_role(
            context.resources, context.caller, input.user_id, input.role, context.now
        )
        return RolePayload(user=User.of(row))

    @mutation(RolePayload, **FOR_ADMINISTRATORS)
    async def revoke_role(self, info: UsersInfo, input: RoleInput) -> RolePayload | None:
        """Takes a role from somebody."""
        context = info.context
        row = await staff.revoke_role(
            context.resources, context.caller, input.user_id, input.role, context.now
        )
        return RolePayload(user=User.of(row))

    @mutation(ChangeMembershipPayload, **FOR_ADMINISTRATORS)
    async def change_membership(
        self,
        info: UsersInfo,
        input: ChangeMembershipInput,
    ) -> ChangeMembershipPayload | None:
        """Moves somebody to a tier."""
        context = info.context
        row = await staff.change_membership(
            context.resources, context.caller, input.user_id, input.tier, context.now
        )
        return ChangeMembershipPayload(user=User.of(row))
