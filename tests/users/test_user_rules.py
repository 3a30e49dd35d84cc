"""Laws of what people type."""

from email.headerregistry import Address

from hypothesis import given
from hypothesis import strategies as st

from subgraphs.users import rules


@given(st.text(max_size=40))
def test_a_handle_that_passes_is_kept_in_letters_that_any_url_can_hold(handle: str) -> None:
    if rules.handle_problem(handle) is None:
        assert rules.handle_key(handle).isascii()
        assert rules.handle_key(rules.handle_key(handle)) == rules.handle_key(handle)


@given(st.text(max_size=60) | st.emails())
def test_an_address_that_passes_is_one_line_and_one_mailbox(address: str) -> None:
    if rules.address_problem(address) is None:
        kept = rules.address_key(address)
        assert len(kept.splitlines()) == 1
        assert Address(addr_spec=kept).domain


@given(st.emails())
def test_common_addresses_pass(address: str) -> None:
    assert rules.address_problem(address.lower()) is None


@given(st.text(max_size=120))
def test_a_name_that_passes_fits_its_column(name: str) -> None:
    if rules.name_problem(name) is None:
        assert 1 <= len(rules.plain(name)) <= 80


@given(st.text(max_size=250), st.text(max_size=30))
def test_a_password_never_passes_that_is_a_word_about_its_owner(password: str, known: str) -> None:
    assert rules.password_problem(known, known) is not None
    if rules.password_problem(password) is None:
        assert rules.SHORTEST_PASSWORD <= len(password) <= rules.LONGEST_PASSWORD
