from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from cases.apology import Component
from responders.fitting import Option, fit

ORDER = (Component.ACKNOWLEDGEMENT, Component.REGRET, Component.AMENDS)
RUNS = tuple(frozenset(ORDER[start:end]) for start in range(3) for end in range(start + 1, 4))

options = st.builds(
    Option,
    holds=st.sampled_from(RUNS),
    text=st.just("…"),
    length=st.integers(1, 30),
    worth=st.integers(1, 50),
)


def best_by_trying_all(pool: list[Option], room: int) -> int | None:
    """The highest worth of any sequence of options that covers the order and fits, by brute force."""
    worths = []
    for count in (1, 2, 3):
        for chosen in product(pool, repeat=count):
            at = 0
            for option in chosen:
                run = frozenset(ORDER[at : at + len(option.holds)])
                if option.holds != run:
                    break
                at += len(run)
            else:
                if at == len(ORDER) and sum(option.length for option in chosen) <= room:
                    worths.append(sum(option.worth for option in chosen))
    return max(worths, default=None)


@given(pool=st.lists(options, max_size=9), room=st.integers(0, 70))
def test_the_choice_is_the_best_there_is(pool: list[Option], room: int) -> None:
    """No other set that holds everything in order and fits is worth more."""
    chosen = fit(ORDER, pool, room)
    assert (None if chosen is None else sum(option.worth for option in chosen)) == best_by_trying_all(pool, room)
    if chosen is not None:
        assert sum(option.length for option in chosen) <= room
        assert [part for option in chosen for part in sorted(option.holds, key=ORDER.index)] == list(ORDER)
