"""HTML as other servers send it, turned into the text that a person sees. Never into anything that is rendered."""

import re
from html.parser import HTMLParser

LONGEST = 25_000
"""Characters of HTML that are read; the rest of a longer post is dropped.

The parser's time grows with the square of some broken input: at this length it is a second at worst.
"""

_BLOCKS = frozenset(
    {"p", "div", "blockquote", "pre", "ul", "ol", "li", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_APART = frozenset({"p", "blockquote", "pre"})
_VOID = frozenset({"br", "img", "hr", "wbr", "input", "meta", "link", "source"})
_NEVER_SEEN = frozenset({"script", "style", "template", "head", "title"})
# Mastodon's own classes: "invisible" holds the parts of a link that its pages don't show, "ellipsis" the part that they
# end with "…"; "quote-inline" repeats the address of a quoted post for software that can't show the quote itself.
_LINK_REST = "invisible"
_CUT_SHORT = "ellipsis"
_FALLBACK = "quote-inline"


def plain_text(html: str, *, whole_links: bool = False) -> str:
    """The text of a fragment of HTML, paragraphs apart by an empty line. Any input gives a text; none raises.

    Links read as people see them ("shop.example/orders/…"), or with `whole_links` as they were written.
    """
    reader = _Reader(whole_links=whole_links)
    reader.feed(html[:LONGEST])
    reader.close()
    text = "".join(reader.pieces).replace("\x00", "")
    # A lone half of a surrogate pair can be sent in JSON, but not be stored.
    text = text.encode("utf-8", "replace").decode("utf-8")
    lines = [line.strip(" \t\r") for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Gathers what is seen. Tags that are never closed, or closed twice, do no harm."""

    def __init__(self, *, whole_links: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden_classes = {_FALLBACK} if whole_links else {_FALLBACK, _LINK_REST}
        self._whole_links = whole_links
        self._open: list[tuple[str, bool, bool]] = []
        """The tags around us: name, whether what is inside stays hidden, whether "…" follows it."""
        self._owed = 0
        """Line breaks due before the next text."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens."""
        named = dict(attrs)
        if tag == "br":
            self._see("\n")
        elif tag == "img":
            self._see(named.get("alt") or "")
        elif tag in _BLOCKS:
            self._break(2 if tag in _APART else 1)
        if tag in _VOID:
            return
        classes = set((named.get("class") or "").split())
        hidden = self._hidden or tag in _NEVER_SEEN or not classes.isdisjoint(self._hidden_classes)
        self._open.append((tag, hidden, _CUT_SHORT in classes and not self._whole_links))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag, and what was left open in it."""
        if all(tag != name for name, _, _ in self._open):
            return
        while True:
            name, _, cut_short = self._open.pop()
            if cut_short:
                self._see("…")
            if name == tag:
                break
        if tag in _BLOCKS:
            self._break(2 if tag in _APART else 1)

    def handle_data(self, data: str) -> None:
        """Take text in, except for the space that only lays out the source between two blocks."""
        if data.strip() or not (self._owed or "\n" in data):
            self._see(data)

    def parse_html_declaration(self, i: int) -> int:
        """Skip `<!…>` as a comment; the base class raises AssertionError on a marked section that it doesn't know."""
        return self.parse_bogus_comment(i)

    @property
    def _hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _see(self, text: str) -> None:
        if text and not self._hidden:
            if self.pieces:
                self.pieces.append("\n" * self._owed)
            self._owed = 0
            self.pieces.append(text)

    def _break(self, lines: int) -> None:
        if not self._hidden:
            self._owed = max(self._owed, lines)
