"""The hash of app state depends on what is in the set, not on how it got there."""

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.sandbox.crypto import lthash

MEMBERS = st.lists(st.binary(min_size=32, max_size=32), unique=True, max_size=6)


@given(members=MEMBERS, data=st.data())
def test_order_does_not_matter(members, data):
    shuffled = data.draw(st.permutations(members))
    assert lthash.update(lthash.EMPTY, add=members) == lthash.update(lthash.EMPTY, add=shuffled)


@given(kept=MEMBERS, gone=MEMBERS)
def test_removing_undoes_adding(kept, gone):
    both = lthash.update(lthash.update(lthash.EMPTY, add=kept), add=gone)
    assert lthash.update(both, remove=gone) == lthash.update(lthash.EMPTY, add=kept)


@given(members=MEMBERS.filter(bool))
def test_a_member_changes_the_hash(members):
    assert lthash.update(lthash.EMPTY, add=members) != lthash.EMPTY
