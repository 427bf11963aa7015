"""Posts for measuring: no two alike, in three languages, one in ten a complaint, of the lengths that people write."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from cases.posts import Mention, MentionKind, Permissions

# ruff: noqa: SIM905 - words in one line read best

_ITEMS = {
    "en": "parcel,jacket,kettle,lamp,order,book,phone case,bike light,coffee grinder,birthday present".split(","),
    "fa": "بسته,کتاب,چراغ,کتری,سفارش,کفش,هدیه‌ی تولد,گوشی,کیف,آسیاب قهوه".split(","),
    "ar": "الطرد,الكتاب,المصباح,الغلاية,الطلب,الحذاء,هدية العيد,الهاتف,الحقيبة,مطحنة القهوة".split(","),
}
_PLACES = {
    "en": "Leeds,Cork,Utrecht,Graz,the office,my neighbour's,the corner shop,platform 4".split(","),
    "fa": "تهران,شیراز,تبریز,اداره,خانه‌ی همسایه,مغازه‌ی سر کوچه".split(","),
    "ar": "عمّان,بيروت,تونس,المكتب,بيت الجيران,الدكان".split(","),
}
_COMPLAINTS = {
    "en": (
        "@parcelo my {item} is {n} days late and nobody answers my mails. Where is it?",
        "Paid {n} euros for express and the {item} arrived broken. @parcelo what are you going to do about it?",
        (
            "Third time I write to @parcelo about the {item}: the driver left it at {place} in the rain, I spent "
            "{n} minutes on your hotline and was cut off twice. This is a terrible service."
        ),
    ),
    "fa": (
        "@parcelo {n} روز است که {item} من نرسیده و هیچ‌کس جواب نمی‌دهد. چرا؟",
        "{item} شکسته رسید و {n} بار زنگ زدم، پشتیبانی @parcelo جواب سر بالا می‌دهد. واقعاً افتضاح است.",
    ),
    "ar": (
        "@parcelo تأخر {item} {n} أيام ولا أحد يرد على رسائلي. أين هو؟",
        "وصل {item} مكسوراً واتصلت {n} مرات ولم يرد أحد. خدمة سيئة جداً يا @parcelo",
    ),
}
_OTHERS = {
    "en": (
        "The {item} came a day early, thank you @parcelo! Number {n} and never a scratch.",
        "Does @parcelo deliver to {place} on Saturdays? It is about a {item}, {n} kilos or so.",
        "Met the @parcelo courier at {place} today, she knows all {n} dogs of the street by name.",
        "Win a {item} now, only {n} left, follow the link in my profile parcelo",
        (
            "{n} years ago I started at parcelo sorting every {item} by hand in {place}. Today the new hall opened, "
            "and half of the people I learned from were there. There was cake, there were speeches that nobody heard, "
            "and a small robot that only wanted to go home. What a day."
        ),
    ),
    "fa": (
        "{item} یک روز زودتر رسید، ممنون @parcelo! این {n}مین بار است و همیشه سالم.",
        "سلام @parcelo، پنجشنبه‌ها به {place} هم می‌رسانید؟ {n} کیلو است.",
        "امروز پیک @parcelo را در {place} دیدم، {n} دقیقه درباره‌ی باران حرف زدیم.",
    ),
    "ar": (
        "وصل {item} قبل موعده بيوم، شكراً @parcelo! هذه المرة رقم {n} وكل شيء سليم.",
        "هل توصلون إلى {place} يوم السبت @parcelo؟ الوزن {n} كيلو تقريباً.",
        "رأيت سائق @parcelo اليوم في {place} وتحدثنا {n} دقائق عن المطر.",
    ),
}
_LETTERS = {"en": "abcdefghiklmnoprstuvwy", "fa": "ابپتجدرسشقکگلمنوهی", "ar": "ابتجدرسشعفقكلمنوهي"}
_LANGUAGES = ("en", "en", "en", "fa", "fa", "ar", "ar")
_AUTHORS = 5_000
_TENTH = 10


def posts(count: int, until: datetime, *, seed: int = 1) -> Iterator[Mention]:
    """Posts of the last hours before `until`, oldest first; the same seed gives the same posts."""
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    for number in range(count):
        language = rng.choice(_LANGUAGES)
        frames = (_COMPLAINTS if number % _TENTH == 0 else _OTHERS)[language]
        text = rng.choice(frames).format(
            item=rng.choice(_ITEMS[language]), place=rng.choice(_PLACES[language]), n=rng.randint(2, 90)
        )
        author = rng.randrange(_AUTHORS)
        post = f"bench-{seed}-{number}"
        yield Mention(
            platform="sandbox",
            post_id=post,
            thread_id=post,
            author_id=f"author-{author}",
            author=f"author{author}",
            text=f"{_names(rng, language)} {text} {_names(rng, language)} #{number:x}",
            url=f"https://sandbox.invalid/{post}",
            posted_at=until - timedelta(seconds=count - number),
            kind=MentionKind.MENTION,
            permissions=Permissions(answerable=True, author_wrote_first=True),
            followers=rng.randint(0, 3_000),
        )


def _names(rng: random.Random, language: str) -> str:
    """Two words that no post had before, as real posts have names and slips: word caches must not flatter a figure."""
    letters = _LETTERS[language]
    return " ".join("".join(rng.choices(letters, k=rng.randint(5, 9))) for _ in range(2))
