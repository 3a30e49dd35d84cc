"""Joining, signing in, and one's own account."""

from __future__ import annotations

import strawberry

from subgraphs.users.context import UsersInfo
from subgraphs.users.resolvers.refusing import mutation
from subgraphs.users.service import closing, password_changes, profile, registration, sessions
from subgraphs.users.service.activation import activate
from subgraphs.users.service.sessions import OpenedSession
from subgraphs.users.service.signing_in import sign_in
from subgraphs.users.types.inputs import (
    ActivateAccountInput,
    ChangePasswordInput,
    CloseAccountInput,
    RefreshSessionInput,
    RegisterInput,
    RequestPasswordResetInput,
    ResendActivationInput,
    ResetPasswordInput,
    SignInInput,
    SignOutInput,
    UpdateProfileInput,
)
from subgraphs.users.types.payloads import (
    AcceptedPayload,
    CloseAccountPayload,
    RegisterPayload,
    SessionPayload,
    UpdateProfilePayload,
)
from subgraphs.users.types.people import AccountClosing, User
from subgraphs.users.types.sessions import Registration, Session


@strawberry.type
class AccountMutations:
    """What people do with their accounts."""

    @mutation(
        RegisterPayload,
        description="Accepted at once and carried out by a worker; the account opens with the link that is mailed. "
        "An address that already has an account goes through the same states, and its owner is told by mail.",
    )
    async def register(self, info: UsersInfo, input: RegisterInput) -> RegisterPayload | None:
        """Holds the handle, and leaves the rest to the worker."""
        context = info.context
        accepted = await registration.register(context.resources, input.application(), context.now)
        return RegisterPayload(
            status_token=accepted.status_token,
            registration=Registration.of(accepted.registration, context.now),
        )

    @strawberry.field
    async def resend_activation(
        self,
        info: UsersInfo,
        input: ResendActivationInput,
    ) -> AcceptedPayload | None:
        """Writes the activation letter again."""
        await registration.resend_activation(info.context.resources, input.status_token, info.context.now)
        return AcceptedPayload()

    @mutation(SessionPayload)
    async def activate_account(
        self,
        info: UsersInfo,
        input: ActivateAccountInput,
    ) -> SessionPayload | None:
        """Follows a mailed link."""
        return _signed_in(await activate(info.context.resources, input.token, info.context.now))

    @mutation(SessionPayload)
    async def sign_in(self, info: UsersInfo, input: SignInInput) -> SessionPayload | None:
        """Opens a session."""
        context = info.context
        return _signed_in(
            await sign_in(
                context.resources, input.handle, input.password, context.now, context.caller.address
            )
        )

    @mutation(
        SessionPayload,
        description="Trades a refresh token for a new pair. "
        "A token used again after a short grace revokes its whole family.",
    )
    async def refresh_session(
        self,
        info: UsersInfo,
        input: RefreshSessionInput,
    ) -> SessionPayload | None:
        """Keeps a session going."""
        return _signed_in(
            await sessions.refresh(info.context.resources, input.refresh_token, info.context.now)
        )

    @strawberry.field
    async def sign_out(self, info: UsersInfo, input: SignOutInput) -> AcceptedPayload | None:
        """Ends a session."""
        await sessions.sign_out(info.context.resources, input.refresh_token, info.context.now)
        return AcceptedPayload()

    @strawberry.field(description="Always accepted, so that nobody learns who has an account.")
    async def request_password_reset(
        self,
        info: UsersInfo,
        input: RequestPasswordResetInput,
    ) -> AcceptedPayload | None:
        """Writes a letter with a link."""
        await password_changes.request_reset(info.context.resources, input.email, info.context.now)
        return AcceptedPayload()

    @mutation(SessionPayload, description="Ends every other session.")
    async def reset_password(
        self,
        info: UsersInfo,
        input: ResetPasswordInput,
    ) -> SessionPayload | None:
        """Sets the password by a mailed link."""
        context = info.context
        return _signed_in(
            await password_changes.reset_password(context.resources, input.token, input.password, context.now)
        )

    @mutation(SessionPayload, authenticated=True)
    async def change_password(
        self,
        info: UsersInfo,
        input: ChangePasswordInput,
    ) -> SessionPayload | None:
        """Sets the password by the present one."""
        context = info.context
        return _signed_in(
            await password_changes.change_password(
                context.resources, context.caller, input.current_password, input.new_password, context.now
            )
        )

    @mutation(UpdateProfilePayload, authenticated=True)
    async def update_profile(
        self,
        info: UsersInfo,
        input: UpdateProfileInput,
    ) -> UpdateProfilePayload | None:
        """Changes the caller's profile."""
        context = info.context
        row = await profile.update_profile(context.resources, context.caller, input.change(), context.now)
        return UpdateProfilePayload(user=User.of(row))

    @mutation(
        CloseAccountPayload,
        authenticated=True,
        description="Erases what identifies the person, in every subgraph; money's ledger stays without the name.",
    )
    async def close_account(
        self,
        info: UsersInfo,
        input: CloseAccountInput,
    ) -> CloseAccountPayload | None:
        """Closes the caller's account, or tells that the counter has been asked."""
        context = info.context
        waiting = await closing.close_account(context.resources, context.caller, input.password, context.now)
        return CloseAccountPayload(closed=waiting is None, closing=waiting and AccountClosing.of(waiting))


def _signed_in(opened: OpenedSession) -> SessionPayload:
    return SessionPayload(session=Session.of(opened))
