from importlib.resources import files

import pytest

from classifiers.language import UNKNOWN, language_of
from classifiers.telling_words import counted


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("parcel never arrived", "en"),
        ("wrong size again", "en"),
        ("بسته من کجاست", "fa"),
        ("اینترنتم قطع شده", "fa"),
        ("چرا جواب نمی‌دید", "fa"),
        ("وين طلبي يا جماعة", "ar"),
        ("خدمة سيئة جدا", "ar"),
        ("التطبيق ما يفتح", "ar"),
        ("Mein Paket fehlt", "de"),
        ("Où est mon colis", "fr"),
        ("¿Dónde está mi pedido?", "es"),
        ("Siparişim nerede kaldı", "tr"),
        ("میرا آرڈر کہاں ہے", "ur"),
        ("پاکەتەکەم هێشتا نەگەیشتووە", "ckb"),
        ("где моя посылка", "ru"),
        ("荷物が届きません", "ja"),
        ("", UNKNOWN),
        ("😡😡 12:30", UNKNOWN),
        ("@parcelo https://example.com/a", UNKNOWN),
    ],
)
def test_short_posts_have_their_language(text: str, tag: str) -> None:
    """Three words are enough, and what holds no words has none."""
    assert language_of(text) == tag


def test_persian_on_an_arabic_keyboard_is_persian() -> None:
    """Arabic letter forms do not make a Persian sentence Arabic."""
    assert language_of("بسته من هنوز نرسيده و كسي جواب نمي دهد") == "fa"


def test_a_hint_decides_only_where_words_leave_it_open() -> None:
    """The network's tag turns a brand's name alone, not a sentence."""
    assert language_of("Parcelo", "de") == "de"
    assert language_of("where is my parcel, it was due yesterday", "de") == "en"


def test_the_telling_words_are_those_of_the_posts_as_they_are() -> None:
    """`python -m classifiers.telling_words` makes the file again."""
    assert files("classifiers").joinpath("seeds", "words.toml").read_text(encoding="utf-8") == counted()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("غذا سرد نبود", "fa"),
        ("نان تازه نبود", "fa"),
        ("برنج سرد بود", "fa"),
        ("الأكل وصل بارد", "ar"),
        ("وصل بارد", "ar"),
    ],
)
def test_common_words_tell_the_language_where_no_letter_does(text: str, language: str) -> None:
    assert language_of(text) == language
