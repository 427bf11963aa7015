"""The guide's close calls, each as replies whose labels the checker must find: in English, Persian and Arabic."""

import pytest

from cases.apology import Component, Fault
from responders.check import Checker

C, F = Component, Fault
Name = Component | Fault


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker.shipped()


def _found(checker: Checker, language: str, text: str) -> set[Name]:
    findings = checker.check(text, language=language)
    return {*findings.components, *findings.faults}


HAS: list[tuple[str, str, set[Name]]] = [
    # Rule 1: each component by itself; a spoiled apology beside a sound one
    ("en", "Sorry if the parcel was late. We are truly sorry for the delay.", {C.REGRET, F.CONDITIONAL}),
    ("en", "Your tram was cancelled because our dispatcher misread the plan.", {C.EXPLANATION, C.ACKNOWLEDGEMENT}),
    ("fa", "بابت دیر رسیدن غذا عذر می‌خواهیم.", {C.REGRET, C.ACKNOWLEDGEMENT}),
    ("ar", "نعتذر عن تأخر طلبك.", {C.REGRET, C.ACKNOWLEDGEMENT}),
    # Rule 2: idioms count by what they do
    ("en", "Please forgive us, we lost your suitcase.", {C.REGRET, C.RESPONSIBILITY, C.ACKNOWLEDGEMENT}),
    ("en", "We are sorry for the frustration that we caused you.", {C.REGRET}),
    ("fa", "شرمنده‌ایم.", {C.REGRET}),
    ("fa", "شرمنده ایم، حلالمون کنید.", {C.REGRET}),
    ("ar", "حقك علينا يا غالي.", {C.REGRET}),
    ("ar", "السموحة منك.", {C.REGRET}),
    ("ar", "سامحونا.", {C.REGRET}),
    ("ar", "العتب علينا.", {C.RESPONSIBILITY}),
    ("en", "Sorry for the frustration.", {F.FEELINGS_NOT_FACTS}),
    # Rule 3: who owns it
    ("en", "We dropped the ball here.", {C.RESPONSIBILITY}),
    ("en", "That one's on us.", {C.RESPONSIBILITY}),
    ("en", "We've let you down.", {C.RESPONSIBILITY}),
    ("en", "I hold my hands up: I forgot to post it.", {C.RESPONSIBILITY}),
    ("en", "The fault is ours alone.", {C.RESPONSIBILITY}),
    ("en", "It was our mistake, but the app does show it.", {C.RESPONSIBILITY, F.BUT}),
    ("fa", "حق با شماست؛ کوتاهی از ما بود.", {C.RESPONSIBILITY}),
    ("fa", "مقصر خودمونیم.", {C.RESPONSIBILITY}),
    ("ar", "الخطأ خطؤنا ونتحمل المسؤولية.", {C.RESPONSIBILITY}),
    ("ar", "خذلناك ولم نخبرك.", {C.RESPONSIBILITY}),
    # Rule 4: a failure noun is concrete
    ("en", "About the outage on Sunday:", {C.ACKNOWLEDGEMENT}),
    ("en", "The cancellation reached you at midnight.", {C.ACKNOWLEDGEMENT}),
    # Rule 5: causes
    ("en", "We're finding out why your bag stayed behind.", {C.EXPLANATION}),
    ("en", "A storm brought the line down.", {C.EXPLANATION}),
    ("fa", "داریم علت قطعی دیشب را پیدا می‌کنیم.", {C.EXPLANATION, C.ACKNOWLEDGEMENT}),
    ("ar", "نبحث الآن لماذا تأخرت الرحلة.", {C.EXPLANATION}),
    ("en", "The system shows it as delivered.", {F.BLAME_SHIFT}),
    ("en", "It was late because we are short-staffed.", {F.EXCUSE}),
    ("en", "Sorry it took so long, we had very high call volumes.", {F.EXCUSE}),
    # Rule 6: amends and next steps
    ("en", "Your refund is on its way.", {C.AMENDS, C.NEXT_STEPS}),
    ("en", "We've refunded the fare.", {C.AMENDS}),
    ("en", "DM us so that we can trace the parcel.", {C.NEXT_STEPS, C.PRIVATE_CHANNEL}),
    ("en", "DM us so that we can put this right.", {C.AMENDS, C.PRIVATE_CHANNEL}),
    ("en", "We're looking into it.", {C.NEXT_STEPS}),
    ("fa", "پولتان تا فردا برمی‌گردد.", {C.AMENDS, C.NEXT_STEPS}),
    ("ar", "سنرد لك المبلغ غداً.", {C.AMENDS, C.NEXT_STEPS}),
    # Rule 8: but and if
    ("en", "We're sorry it came late, but it was the holidays.", {F.BUT}),
    ("en", "We apologise for the wait. However, the queue is shown in the app.", {F.BUT}),
    ("en", "I apologise should you have been affected.", {F.CONDITIONAL}),
    ("en", "We're sorry for any inconvenience this may have caused.", {F.CONDITIONAL, F.BOILERPLATE}),
    ("fa", "اگر ناراحت شدید ببخشید.", {F.CONDITIONAL}),
    ("fa", "متأسفیم، اما پیک دیر رسید.", {F.BUT}),
    ("ar", "نعتذر إن كان قد حصل إزعاج.", {F.CONDITIONAL}),
    ("ar", "آسفين، بس كان عندنا ضغط.", {F.BUT, F.EXCUSE}),
    # Rule 9: denial shifts blame; passive where nobody owns it
    ("en", "This was not our fault.", {F.BLAME_SHIFT}),
    ("en", "Mistakes were made.", {F.PASSIVE_AGENT}),
    ("en", "An error occurred with your booking.", {F.PASSIVE_AGENT}),
    ("fa", "تقصیر پیک بود.", {F.BLAME_SHIFT}),
    ("fa", "خطایی رخ داده است.", {F.PASSIVE_AGENT}),
    ("ar", "السائق هو السبب.", {F.BLAME_SHIFT}),
    ("ar", "حدث خطأ في الحجز.", {F.PASSIVE_AGENT}),
    # Rule 10: formulas
    ("en", "Sorry for the inconvenience.", {F.BOILERPLATE}),
    ("en", "We value your loyalty.", {F.BOILERPLATE}),
    ("en", "Your satisfaction is our priority.", {F.BOILERPLATE}),
    ("fa", "رضایت شما افتخار ماست.", {F.BOILERPLATE}),
    ("ar", "رضاكم غايتنا.", {F.BOILERPLATE}),
    # Rule 11: details in public
    ("en", "Please send your order number.", {F.PUBLIC_DETAILS}),
    ("en", "Can we have your e-mail address?", {F.PUBLIC_DETAILS}),
    ("en", "I see receipt 4471902 here.", {F.PUBLIC_DETAILS}),
    ("fa", "لطفاً شماره سفارش را اینجا بنویسید.", {F.PUBLIC_DETAILS}),
    ("ar", "اكتب لنا رقم الطلب هنا.", {F.PUBLIC_DETAILS}),
    # Rule 12: money in public
    ("en", "We'll refund the £48.", {F.PUBLIC_MONEY, C.AMENDS}),
    ("en", "Have 20% off your next order.", {F.PUBLIC_MONEY}),
    ("en", "A voucher is in your inbox.", {F.PUBLIC_MONEY}),
    ("fa", "۵۰ هزار تومان به کیف پولتان اضافه شد.", {F.PUBLIC_MONEY}),
    ("ar", "أضفنا لك قسيمة بقيمة ١٠٠ ريال.", {F.PUBLIC_MONEY}),
    # Further faults of the guide's table
    ("en", "It was only a small glitch.", {F.MINIMISE}),
    ("en", "These things happen.", {F.MINIMISE}),
    ("en", "We're sorry you feel that way.", {F.FEELINGS_NOT_FACTS}),
    ("en", "As a courtesy we'll replace the lid.", {F.FAVOUR, C.AMENDS}),
    ("fa", "متأسفیم که چنین برداشتی داشتید.", {F.FEELINGS_NOT_FACTS}),
    ("fa", "به‌عنوان حسن نیت آن را تعویض می‌کنیم.", {F.FAVOUR, C.AMENDS}),
    ("fa", "فقط یک مشکل جزئی بود.", {F.MINIMISE}),
    ("ar", "نأسف لأنك شعرت بذلك.", {F.FEELINGS_NOT_FACTS}),
    ("ar", "بشكل استثنائي سنستبدل الجهاز.", {F.FAVOUR, C.AMENDS}),
    ("ar", "إنه مجرد تأخير بسيط.", {F.MINIMISE}),
    ("en", "How stressful, to stand there alone in the dark.", {C.EMPATHY}),
    ("en", "You had every right to expect a warm room.", {C.EMPATHY}),
    ("fa", "چقدر سخت بوده که تنها منتظر بمانید.", {C.EMPATHY}),
    ("ar", "كان من حقك أن تصل في موعدك.", {C.EMPATHY}),
    ("fa", "لطفاً دایرکت بدهید.", {C.PRIVATE_CHANNEL}),
    ("ar", "راسلنا على الخاص.", {C.PRIVATE_CHANNEL}),
]


@pytest.mark.parametrize(("language", "text", "names"), HAS)
def test_a_reply_has_what_the_guide_says_it_has(checker: Checker, language: str, text: str, names: set[Name]) -> None:
    assert names <= _found(checker, language, text)


HAS_NOT: list[tuple[str, str, set[Name]]] = [
    # Rule 1: a spoiled apology is none; an excuse is no explanation
    ("en", "Sorry if we upset you.", {C.REGRET, C.RESPONSIBILITY}),
    ("en", "Sorry, but that is how it works.", {C.REGRET}),
    ("en", "We're sorry you feel that way.", {C.REGRET}),
    ("en", "It was late because of the high volume of orders.", {C.EXPLANATION}),
    ("fa", "ببخشید ولی همینه که هست.", {C.REGRET}),
    ("ar", "نعتذر إن كنا قد أزعجناك.", {C.REGRET}),
    # Rule 2: sympathy is no apology, and no fault
    ("en", "Sorry to hear that your fridge is broken.", {C.REGRET, F.FEELINGS_NOT_FACTS}),
    ("en", "Unfortunately the flight is cancelled.", {C.REGRET}),
    # Rule 3: a bare sorry owns nothing; neither do denials
    ("en", "So sorry about the broken vase.", {C.RESPONSIBILITY}),
    ("en", "Mistakes were made.", {C.RESPONSIBILITY}),
    ("en", "That was not our mistake.", {C.RESPONSIBILITY}),
    # Rule 4: vague words name no problem
    ("en", "Sorry about your experience.", {C.ACKNOWLEDGEMENT}),
    ("en", "We apologise for a few issues.", {C.ACKNOWLEDGEMENT}),
    ("en", "Thanks for telling us about this.", {C.ACKNOWLEDGEMENT}),
    # Rule 5: an investigation of the cause is explanation and nothing else; "into it" is none
    ("en", "We're looking into why.", {C.NEXT_STEPS}),
    ("en", "We're looking into it.", {C.EXPLANATION}),
    # Rule 6: offers are no promises; help is no repair
    ("en", "We've refunded the fare.", {C.NEXT_STEPS}),
    ("en", "DM us so that we can help.", {C.NEXT_STEPS, C.AMENDS}),
    ("en", "Is there anything else we can do?", {C.AMENDS}),
    ("en", "We strive to improve every day.", {C.NEXT_STEPS, F.BOILERPLATE}),
    ("en", "We can't offer a refund.", {C.AMENDS}),
    ("en", "There is no need to DM us.", {C.PRIVATE_CHANNEL}),
    # Rule 7: feelings inside the fault give no empathy
    ("en", "Sorry you're disappointed.", {C.EMPATHY}),
    # Rule 8: innocent but, if, any
    ("en", "It was not just late but cold, and we are sorry.", {F.BUT}),
    ("en", "We got it wrong but have fixed it.", {F.BUT}),
    ("en", "We're sorry for any rudeness.", {F.CONDITIONAL}),
    ("en", "We're sorry. If you send a DM, we will trace it.", {F.CONDITIONAL}),
    ("en", "The blue one is sold out but the red one is here.", {F.BUT}),
    ("en", "I've just read your file.", {F.MINIMISE}),
    ("fa", "نه تنها دیر، بلکه سرد هم رسید.", {F.BUT}),
    ("fa", "اگر پیام خصوصی بدهید پیگیری می‌کنیم.", {F.CONDITIONAL}),
    ("ar", "إذا حابب ابعتلنا عالخاص.", {F.CONDITIONAL}),
    # Rule 9: ownership elsewhere leaves no passive
    ("en", "An error occurred, and it was our mistake.", {F.PASSIVE_AGENT}),
    ("en", "It wasn't the courier's fault, it was ours.", {F.BLAME_SHIFT}),
    ("fa", "تقصیر پیک نبود، تقصیر ما بود.", {F.BLAME_SHIFT}),
    # Rule 10: thanks for patience is no formula
    ("en", "Thanks for your patience.", {F.BOILERPLATE}),
    # Rule 11: in private it is right; names and flight numbers are no details
    ("en", "DM us your order number.", {F.PUBLIC_DETAILS}),
    ("en", "Please send us a private message. We need your order number to trace it.", {F.PUBLIC_DETAILS}),
    ("en", "What's your flight number, Amy?", {F.PUBLIC_DETAILS}),
    ("fa", "شماره سفارش را در دایرکت بفرستید.", {F.PUBLIC_DETAILS}),
    ("ar", "ابعتلنا رقم الطلب عالخاص.", {F.PUBLIC_DETAILS}),
    ("en", "@ana@host.example We lost your parcel. Please DM @parcelo about your account.", {F.PUBLIC_DETAILS}),
    ("en", "Our Baggage team at 030-555-0100 can see where your bag is.", {F.PUBLIC_DETAILS}),
    # Rule 12: a refund without a figure
    ("en", "You get a full refund and a free month.", {F.PUBLIC_MONEY}),
    ("en", "This is 100% on us.", {F.PUBLIC_MONEY}),
    ("en", "Your train leaves at 4:45p.", {F.PUBLIC_MONEY}),
    # Rule 13: thanks and a signature
    ("en", "Thank you for flying with us! ^AB", set(Component)),
    ("fa", "سلام، ممنون از همراهی شما. روز خوبی داشته باشید!", set(Component)),
    # The customer's words, quoted, are not ours
    ("en", "You wrote “sorry if I am rude”. You are not.", {F.CONDITIONAL, C.REGRET}),
]


@pytest.mark.parametrize(("language", "text", "names"), HAS_NOT)
def test_a_reply_has_not_what_the_guide_denies_it(checker: Checker, language: str, text: str, names: set[Name]) -> None:
    assert not names & _found(checker, language, text)


WHOLE = {
    "en": (
        "Nine days without your medicine, that must have been frightening. We sent it to the wrong branch because we "
        "read an old list, and that is our mistake. I'm sorry. A new box goes out today, and from tomorrow two people "
        "read every label. Please send us a DM so that I can confirm the time."
    ),
    "fa": (
        "نه روز بدون دارو ماندن خیلی سخت است. بسته را به شعبه‌ی اشتباه فرستادیم چون فهرست قدیمی را خوانده بودیم؛ کوتاهی "
        "از ما بود و عذر می‌خواهم. "
        "داروی جدید همین امروز با هزینه‌ی خودمان ارسال می‌شود و خسارتتان را جبران می‌کنیم. لطفاً پیام خصوصی بدهید."
    ),
    "ar": (
        "تسعة أيام بلا دواء أمر مقلق جداً. أرسلنا العلبة إلى فرع آخر لأننا قرأنا قائمة قديمة، والخطأ منّا ونعتذر منك. "
        "نرسل علبة جديدة اليوم على حسابنا، وسنتصل بك مساء. راسلنا على الخاص."
    ),
}


@pytest.mark.parametrize("language", WHOLE)
def test_a_whole_apology_has_every_component_and_no_fault(checker: Checker, language: str) -> None:
    findings = checker.check(WHOLE[language], language=language)
    assert findings.components == set(Component)
    assert findings.faults == set()
