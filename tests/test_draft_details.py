import pytest

from responders.details import read_details
from responders.packs import load_packs

PACKS = load_packs()


@pytest.mark.parametrize(
    ("tag", "text", "waited"),
    [
        ("en", "I've been waiting for 3 weeks now", "three weeks"),
        ("en", "two days without a connection", "two days"),
        ("en", "an hour on hold and then nothing", "an hour"),
        ("en", "14 days late", "14 days"),
        ("fa", "سه هفته است منتظرم", "سه هفته"),
        ("fa", "۱۲ روزه منتظر جوابم", "۱۲ روز"),
        ("ar", "أنتظر منذ أسبوعين", "أسبوعين"),
        ("ar", "صار لي ثلاثة أيام بلا نت", "٣ أيام"),
        ("ar", "تأخرت الرحلة ١١ ساعة", "١١ ساعة"),
        ("de", "ich warte seit 3 Wochen", "drei Wochen"),
        ("de", "nach einem Monat noch nichts", "einem Monat"),
    ],
)
def test_a_length_of_time_is_said_in_the_languages_own_plural(tag: str, text: str, waited: str) -> None:
    """Number words, digits of three scripts, duals and plurals are read, and said back as the language does."""
    assert read_details(text, "", PACKS[tag]).waited == waited


@pytest.mark.parametrize(
    "text",
    [
        "I bought it three weeks ago",
        "my phone is 2 years old",
        "refunds take 14 days they say",
        "waiting for 3-4 weeks",
        "waited for 2.5 hours",
        "waiting for 400 days lol",
        "waited for two hours, then for three weeks",
        "an hour on hold and then nothing after two hours and ten minutes",
    ],
)
def test_a_length_of_time_in_doubt_is_left_out(text: str) -> None:
    """Ages, terms, ranges, fractions, jokes and contradictions are no waiting times."""
    assert not read_details(text, "", PACKS["en"]).waited


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "two hours and ten minutes late"),
        ("fa", "یک ساعت و ده دقیقه منتظر غذا ماندیم"),
        ("de", "wir warten seit einer Stunde und zehn Minuten"),
    ],
)
def test_the_smaller_part_of_a_span_is_never_told_for_the_whole(tag: str, text: str) -> None:
    """Who waited for more than an hour is not told of ten minutes."""
    waited = read_details(text, "", PACKS[tag]).waited
    assert not any(part in waited for part in ("ten", "10", "۱۰", "ده", "zehn")), waited


@pytest.mark.parametrize(
    ("about", "thing"),
    [("my parcel is gone", "parcel"), ("my parcel and my suitcase", ""), ("it is gone", "")],
)
def test_a_thing_is_named_where_the_trouble_has_one(about: str, thing: str) -> None:
    """Two things, or one that stands elsewhere in the post only, are not surely the trouble."""
    assert read_details(f"{about}. I had pizza meanwhile", about, PACKS["en"]).thing == thing


def test_the_customers_words_are_quoted_as_they_stand() -> None:
    """A plain span needs no change."""
    assert read_details("", "vans idle under our windows", PACKS["en"]).quote == "vans idle under our windows"


@pytest.mark.parametrize(
    ("tag", "about"),
    [
        ("en", "these idiots broke my lamp"),
        ("en", "you took 49.90 from me"),
        ("en", "lost my order 88213377 twice"),
        ("en", "mail me at a@b.example please"),
        ("en", "your driver Kevin was so rude"),
        ("en", "she said “go home” to me"),
        ("en", "it is <b>broken</b> again now"),
        ("en", "see https://x.example for it"),
        ("en", "{{ config }} is what I got"),
        ("en", "THIS IS UTTERLY BROKEN AGAIN"),
        ("en", "broken again"),
        ("en", "a very long story " * 9),
        ("en", "hidden \u202e marks turn this around"),
        ("fa", "این دزدها پولم را خوردند"),
        ("fa", "سی درصد بیشتر گرفتند از من"),
        ("ar", "هؤلاء النصابين أخذوا فلوسي"),
        ("ar", "خصموا خمسين بالمئة من راتبي"),
    ],
)
def test_what_could_hurt_or_expose_is_never_quoted(tag: str, about: str) -> None:
    """Insults, sums, numbers, names, handles, links, markup, shouting, fragments and long passages stay out."""
    assert not read_details(about, about, PACKS[tag]).quote


@pytest.mark.parametrize(
    ("tag", "text", "chased"),
    [
        ("en", "9 emails, 3 calls, nothing", "nine emails and three calls"),
        ("en", "four calls. FOUR calls!", "four calls"),
        ("en", "two calls on Monday, then three calls more", ""),
        ("fa", "شش تا ایمیل دادم", "شش بار"),
        ("ar", "اتصلت بكم أربع مرات", "٤ مرات"),
        ("de", "neun Mails und zwei Anrufe", "neun E-Mails und zwei Anrufen"),
    ],
)
def test_what_a_customer_did_to_reach_us_is_counted(tag: str, text: str, chased: str) -> None:
    """Different ways are told together, two counts of one way contradict each other."""
    assert read_details(text, "", PACKS[tag]).chased == chased


@pytest.mark.parametrize(
    ("text", "about", "quote"),
    [
        ("My cat saw it: the gnome ate the lawn, twice.", "gnome ate the lawn", "the gnome ate the lawn"),
        (f"The gnome {'really ' * 12}ate the lawn", "ate the lawn", ""),
        (f"the gnome ate the lawn {'again and ' * 12}again", "the gnome ate the lawn", "the gnome ate the lawn"),
    ],
)
def test_a_quotation_begins_where_its_clause_does(text: str, about: str, quote: str) -> None:
    """A span out of the middle is completed where the clause is short, and left out where it is long."""
    assert read_details(text, about, PACKS["en"]).quote == quote


def test_what_others_said_is_no_wait() -> None:
    """A promise that the post repeats did not come true by being repeated."""
    assert not read_details('"waiting for two days", they said', "", PACKS["en"]).waited
