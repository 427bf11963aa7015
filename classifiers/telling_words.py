"""Words that tell Persian from Arabic, which share a script: `seeds/words.toml`, counted in the written posts.

Made again with `python -m classifiers.telling_words` when posts were added; a test says when it is due.
"""

import tomllib
from collections import Counter
from functools import lru_cache
from importlib.resources import files

LANGUAGES = ("fa", "ar")
_FILE = "words.toml"
_FEWEST = 2
"""Posts that must have a word."""
_TIMES = 8
"""How much more often it must stand in posts of its language than in those of the other."""
_KEYBOARD = str.maketrans("يك", "یک")


def same_letters(word: str) -> str:
    """A word as either keyboard may write it: Persian is often typed with Arabic letters, and the other way round."""
    return word.translate(_KEYBOARD)


@lru_cache(maxsize=1)
def telling_words() -> dict[str, str]:
    """The language of each such word, written as `same_letters` does."""
    table = tomllib.loads(files("classifiers").joinpath("seeds", _FILE).read_text(encoding="utf-8"))
    return {word: language for language in LANGUAGES for word in table[language].split()}


def counted() -> str:
    """The content of the file, from the posts as they are now."""
    from classifiers.corpora import written_posts  # noqa: PLC0415 - where the file is used no posts are needed
    from classifiers.language import bare  # noqa: PLC0415 - it needs this module itself

    posts = {language: [post for post in written_posts() if post.language == language] for language in LANGUAGES}
    seen = {
        language: Counter(
            word
            for post in posts[language]
            for word in {same_letters(bare(piece)) for piece in post.text.split()}
            - {same_letters(bare(piece)) for piece in post.brand.split()}
        )
        for language in LANGUAGES
    }
    lines = ["# Made by `python -m classifiers.telling_words`: words of the written posts that tell their language."]
    for language, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
        share = len(posts[language]) / max(len(posts[other]), 1)
        words = sorted(
            word
            for word, count in seen[language].items()
            if _is_arabic_script(word) and count >= _FEWEST and count >= _TIMES * share * seen[other][word]
        )
        lines.append(f'{language} = """\n{" ".join(words)}\n"""')
    return "\n".join(lines) + "\n"


def _is_arabic_script(word: str) -> bool:
    return any("\u0620" <= letter <= "\u06ff" and letter.isalpha() for letter in word)


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name("seeds").joinpath(_FILE).write_text(counted(), encoding="utf-8")
