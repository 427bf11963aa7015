"""What people wrote can't do anything to a terminal."""

from monitor.terminal import harmless, one_line, shorten


def test_control_characters_and_escape_codes_are_gone() -> None:
    shown = harmless("red \x1b[31m alert\x07\x00 done")
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\x00" not in shown


def test_marks_that_turn_the_direction_are_gone_and_words_are_isolated() -> None:
    shown = harmless("abc \u202egnp.exe\u2066 سلام")
    assert "\u202e" not in shown
    assert shown.startswith("\u2068")
    assert shown.endswith("\u2069")
    assert shown.count("\u2066") == 0


def test_plain_ascii_stays_fit_for_copying() -> None:
    assert harmless("https://example.org/@ana/1") == "https://example.org/@ana/1"


def test_words_from_left_to_right_stay_fit_for_copying() -> None:
    assert harmless("Wir bedauern das – Ana 🌹") == "Wir bedauern das – Ana 🌹"


def test_piles_of_combining_marks_are_cut() -> None:
    assert len(harmless("Z" + "\u0300" * 500)) < 10


def test_a_post_becomes_one_line_and_is_cut_between_characters() -> None:
    assert one_line("one\ntwo\r\n\tthree", 80) == "one two three"
    family = "👨‍👩‍👧"
    assert shorten(family * 5, 3) == family * 2 + "…"
