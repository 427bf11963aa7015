import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.plaintext import LONGEST, plain_text

LINK = (
    '<p>see <a href="https://www.parcelo.example/orders/summer/17"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">parcelo.example/orders/su</span><span class="invisible">mmer/17</span></a> please</p>'
)
MENTION = (
    '<p><span class="h-card"><a href="https://x.example/@ana" class="u-url mention">@<span>ana</span></a></span> hi</p>'
)


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<br>two<br/>three</p>", "one\ntwo\nthree"),
        ("<p>one</p>\n<p>two</p>\n", "one\n\ntwo"),
        ("<ul><li>tea</li><li>milk</li></ul>", "tea\nmilk"),
        ("5 &lt; 6 &amp;amp; &#1587;&zwnj;&quot;", '5 < 6 &amp; س\u200c"'),
        (MENTION, "@ana hi"),
        (LINK, "see parcelo.example/orders/su… please"),
        ('late <img class="emoji" alt=":angry:" src="x"> again', "late :angry: again"),
        ("<p>a<script>alert(1)</script>b<style>p{}</style></p>", "ab"),
        ('<p class="quote-inline">RE: <a href="https://a.example">a.example</a></p><p>mine</p>', "mine"),
        ("<p>never <b>closed<p>again</i></p>", "never closed\n\nagain"),
        ("1 < 2 <3 and <", "1 < 2 <3 and <"),
        ("<![if mso]>shown<!foo>", "shown"),
        ("<p>سلام<br>مرسوله‌ام نرسید</p>", "سلام\nمرسوله‌ام نرسید"),
        ("a\x00b \ud800 c", "ab ? c"),
        ("", ""),
    ],
)
def test_html_becomes_what_a_person_sees(html: str, seen: str) -> None:
    """Tags lay out, entities become letters, and what a server's pages hide stays hidden."""
    assert plain_text(html) == seen


def test_links_can_be_read_whole() -> None:
    """A link that pages show shortened can be had as it was written."""
    assert plain_text(LINK, whole_links=True) == "see https://www.parcelo.example/orders/summer/17 please"


@given(st.text(alphabet=st.characters() | st.sampled_from('<>&;!-[]/"= apbr'), max_size=200))
def test_any_text_is_read(html: str) -> None:
    """No input raises, and the result can be stored as UTF-8."""
    plain_text(html).encode("utf-8")


@pytest.mark.parametrize("piece", ["<!--", "<p><b>", "</p>", "<![", "<a b='", "&#", '<span class="invisible">'])
def test_hostile_html_is_read_in_a_moment(piece: str) -> None:
    """A post of the greatest length, made of one awkward piece, takes seconds, not minutes."""
    begun = time.perf_counter()
    plain_text(piece * (2 * LONGEST // len(piece)))
    assert time.perf_counter() - begun < 5
