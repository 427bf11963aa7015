import math
import time

import pytest

from cases.posts import Post
from cases.verdicts import Category, Risk, Verdict
from classifiers.complaint import complaint_classifier
from classifiers.judge import Judge, load_judge
from classifiers.linear import LinearScorer, Vectorizer
from classifiers.model_file import load_model
from classifiers.reading import read
from classifiers.text import tokens


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


def said(judge: Judge, text: str, **more: str) -> Verdict:
    return judge.judge([Post(text, **more)])[0]  # type: ignore[arg-type]  # the scenarios pass words only


COMPLAINTS = [
    ("My order from Tamarel is eleven days late and nobody answers my emails.", Category.LATE),
    ("@tamarel you charged my card twice this month, please look into it", Category.CHARGE),
    ("The Tamarel driver was so rude to my mother, unacceptable.", Category.STAFF),
    ("the tamarel app crashes every time I open it, useless update", Category.APP),
    ("تامارل دوباره اینترنت قطع شده و هیچ‌کس جواب نمی‌ده", None),
    ("بسته‌ام شکسته رسید و پشتیبانی تامارل پاسخگو نیست", None),
    ("طلبي من تماريل متأخر من أسبوعين ومحد يرد علي", None),
    ("النت مقطوع من الصبح يا تماريل والدعم ما يرد", None),
]
FINE = [
    "Thank you Tamarel, arrived a day early and the cake was lovely!",
    "Does Tamarel ship to Iceland?",
    "Tamarel opens a new shop in Porto next spring.",
    "ممنون تامارل، عالی بود و زود رسید",
    "تامارل جمعه‌ها بازه؟",
    "شكرا تماريل، خدمة ممتازة ووصل الطلب بدري",
    "هل تماريل فاتحين يوم الجمعة؟",
]


@pytest.mark.parametrize(("text", "category"), COMPLAINTS)
def test_a_plain_complaint_is_found_in_each_language(judge: Judge, text: str, category: Category | None) -> None:
    """Plain complaints are complaints, with the category where the words name it."""
    verdict = said(judge, text)
    assert verdict.complaint
    assert verdict.severity >= 1
    if category:
        assert verdict.category in (category, Category.NO_ANSWER)


PLAIN = [
    "Parcel arrived soaked, Tamarel.",
    "Still no internet at home @tamarel",
    "@tamarel where is my refund? I cancelled in August",
    "The Tamarel waiter was rude to us",
    "You took 30 euros from my account twice, Tamarel",
    "No heating since Sunday, Tamarel says wait",
    "Tamarel app won't let me log in",
    "بسته هنوز نرسیده تامارل",
    "تامارل از دیروز اینترنت نداریم",
    "راننده تامارل بی‌ادب بود",
    "پولم رو پس ندادین تامارل",
    "طلبي ما وصل يا تماريل",
    "تماريل التطبيق ما يفتح عندي",
    "السواق كان قليل أدب، تماريل",
    "متى ترجعون فلوسي يا تماريل؟ صار شهر",
]
ASKED = [
    "What are your opening hours on Sunday, Tamarel?",
    "@tamarel can I change my delivery address after I order?",
    "How long does a refund usually take with Tamarel?",
    "Is breakfast included at Tamarel?",
    "تامارل هزینه ارسال به شیراز چقدره؟",
    "چطور رمزم رو عوض کنم تامارل؟",
    "تماريل كم سعر التوصيل لجدة؟",
    "وين أقرب فرع لكم يا تماريل؟",
]


def test_few_plain_words_are_enough_for_most_complaints(judge: Judge) -> None:
    """Most complaints are neither clever nor long; six in seven of such are found."""
    found = [text for text in PLAIN if said(judge, text).complaint]
    assert len(found) / len(PLAIN) >= 6 / 7, set(PLAIN) - set(found)


@pytest.mark.parametrize("text", ASKED)
def test_who_only_asks_does_not_complain(judge: Judge, text: str) -> None:
    """What a shop is asked all day, whatever words of trouble are in it."""
    assert not said(judge, text).complaint


@pytest.mark.parametrize("text", FINE)
def test_thanks_questions_and_news_are_no_complaints(judge: Judge, text: str) -> None:
    """What is no complaint has no severity, no heat and nothing to be about."""
    verdict = said(judge, text)
    assert not verdict.complaint
    assert (verdict.severity, verdict.heat, verdict.about) == (0, 0, "")


def test_reasons_are_spans_of_the_post(judge: Judge) -> None:
    """Each clue's range holds its words, in the post as it was written, diacritics and joiners included."""
    text = "😡 #WorstDelivery EVER @tamarel!! هنوز نمی‌رسه و الطّلبُ متأخّرٌ https://t.example/x  soooo late"
    verdict = said(judge, text)
    assert verdict.why
    assert all(text[clue.start : clue.end] == clue.words for clue in verdict.why)
    assert "Worst" in {text[token.start : token.end] for token in tokens(text)}


@pytest.mark.parametrize(
    "text", ["late late late, never again", "x", "پیک نیومد، پیک نیومد", "وين الطلب؟؟؟ 😡😡", "SHOUTING now!!!", ""]
)
def test_the_tokens_parts_add_up_to_the_log_odds_of_the_pipeline(text: str) -> None:
    """The unrolled model says exactly what the scikit-learn pipeline says."""
    model = load_model()
    reading = read(text)
    row = Vectorizer(model.pipeline[1]).row(reading)
    log_odds, parts = LinearScorer(model.pipeline).judge(row, len(reading.tokens))
    vector = model.pipeline[:-1].transform([text])
    assert log_odds == pytest.approx(float(model.pipeline.decision_function([text])[0]), abs=1e-4)
    assert parts.sum() + model.pipeline[-1].weights_of(vector)[1] == pytest.approx(log_odds, abs=1e-4)


def test_a_verdict_does_not_depend_on_the_batch(judge: Judge) -> None:
    """Alone or among others, a post gets the same verdict; none gives none."""
    posts = [Post(text) for text, _ in COMPLAINTS] + [Post(text) for text in FINE]
    assert judge.judge(posts) == [judge.judge([post])[0] for post in posts]
    assert judge.judge([]) == []


def test_a_language_that_was_not_learned_is_marked(judge: Judge) -> None:
    """A German complaint is handed to people: the verdict says that it means nothing."""
    verdict = said(judge, "Mein Paket ist seit drei Wochen nicht da, ich bin sehr verärgert")
    assert (verdict.language, verdict.learned) == ("de", False)
    assert said(judge, "where is my parcel").learned


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("Your charger caught fire next to my bed, Tamarel", Risk.SAFETY),
        ("My lawyer will call you on Monday", Risk.LEGAL),
        ("The clerk said we don't serve people like you. Racist.", Risk.DISCRIMINATION),
        ("You leaked my data, a stranger's invoice is in my account", Risk.PRIVACY),
        ("I'm a journalist and this will be in the newspaper", Risk.PRESS),
        ("They closed my account and I don't want to live any more", Risk.SELF_HARM),
        ("شارژرتون آتیش گرفت و دست پسرم سوخت", Risk.SAFETY),
        ("فردا با وکیلم می‌رم دادگاه", Risk.LEGAL),
        ("دیگه دلیلی برای زندگی ندارم", Risk.SELF_HARM),
        ("ابني أصيب بتسمم من أكلكم", Risk.SAFETY),
        ("سأرفع دعوى عليكم في المحكمة", Risk.LEGAL),
        ("كرهت حياتي ولا أريد أن أعيش", Risk.SELF_HARM),
    ],
)
def test_risks_are_heard_in_each_language(judge: Judge, text: str, risk: Risk) -> None:
    """A risk is named whatever the verdict on the complaint."""
    assert risk in said(judge, text).risks


def test_hyperbole_is_no_risk_of_self_harm(judge: Judge) -> None:
    """A joke about dying sends nobody an alarm."""
    assert Risk.SELF_HARM not in said(judge, "this app makes me want to die lol").risks


def test_relevance_needs_a_brand(judge: Judge) -> None:
    """Without a brand nothing is said; with one, giveaways and job advertisements are not about it."""
    assert said(judge, "Tamarel is great").relevant is None
    assert said(judge, "My Tamarel order never arrived", brand="Tamarel").relevant is True
    assert said(judge, "Giveaway! Follow and share to win a Tamarel voucher", brand="Tamarel").relevant is False
    assert said(judge, "Tamarel is hiring drivers, send your CV", brand="Tamarel").relevant is False


def test_about_names_the_problem_and_nothing_unsafe(judge: Judge) -> None:
    """The span stands in the post and holds no insult, handle, link, markup or long number."""
    text = "Hello @tamarel, my parcel never arrived. Order 88213377, you thieving idiots lost it <b>twice</b>"
    verdict = said(judge, text)
    assert verdict.about
    assert verdict.about in text
    assert "arrived" in verdict.about
    for unsafe in ("88213377", "idiots", "@", "<"):
        assert unsafe not in verdict.about


def test_severity_and_heat_grow_with_the_words(judge: Judge) -> None:
    """A calm report is 1, lying is 3, a threat with a deadline is 4; shouting is hotter than asking."""
    calm = said(judge, "Hi, my parcel arrived damaged. What can I do?")
    accused = said(judge, "My parcel arrived damaged and your support is lying about it")
    threat = said(judge, "You lost my parcel!!! REFUND ME NOW or I see you in court, liars 😡😡")
    assert [calm.severity, accused.severity, threat.severity] == [1, 3, 4]
    assert calm.heat < threat.heat == 3


def test_probability_is_finite_for_anything(judge: Judge) -> None:
    """Empty, endless, combining, one-way and surrogate-free nonsense all get a probability, quickly."""
    odd = [
        "",
        " ",
        "\u202e\u0000",
        "a\u0301" * 5_000,
        "@" * 10_000,
        "a." * 5_000,
        "!" * 10_000,
        "🙂" * 9_000,
        "#aA" * 4_000,
    ]
    began = time.perf_counter()
    verdicts = judge.judge([Post(text) for text in odd])
    assert all(math.isfinite(verdict.probability) for verdict in verdicts)
    assert time.perf_counter() - began < 5


def test_the_model_is_named_in_its_verdicts(judge: Judge) -> None:
    """The name of the model stands in each verdict, so that a training can be told from the next."""
    assert judge.name
    assert said(judge, "late again").model == judge.name


def test_the_classifier_is_plain_scikit_learn() -> None:
    """It can be fitted and asked like any other pipeline."""
    texts = ["late again", "never arrived", "lovely", "thank you"] * 3
    fitted = complaint_classifier(buckets=2**12).fit(texts, [1, 1, 0, 0] * 3)
    assert fitted.predict(["arrived never", "lovely thank"]).tolist() == [1, 0]
