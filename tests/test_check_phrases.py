"""Ways that people say each thing, beyond the guide's own words: idioms, spoken and formal, in three languages."""

import pytest

from cases.apology import Component, Fault
from responders.check import Checker

CHECKER = Checker.shipped()

SAID = [
    ("en", "Your sofa turned up with one arm missing, two months late.", "acknowledgement"),
    ("en", "The train you booked never left the station.", "acknowledgement"),
    ("en", "We lost your passport photos.", "acknowledgement responsibility"),
    ("en", "You were promised a callback and nobody rang.", "acknowledgement"),
    ("en", "Being ignored for three weeks is infuriating.", "acknowledgement empathy"),
    ("en", "No one should have to beg for their own money back.", "empathy"),
    ("en", "I can only imagine how long that night felt.", "empathy"),
    ("en", "That's a rotten way to spend a birthday.", "empathy"),
    ("en", "You trusted us with your mother's ring and we broke that trust.", "responsibility"),
    ("en", "I own this one.", "responsibility"),
    ("en", "This is entirely our doing.", "responsibility"),
    ("en", "We blew it.", "responsibility"),
    ("en", "My team got this badly wrong.", "responsibility"),
    ("en", "No excuses from us: we should have rung you.", "responsibility"),
    ("en", "My sincere apologies.", "regret"),
    ("en", "I'm so, so sorry.", "regret"),
    ("en", "We regret what happened.", "regret"),
    ("en", "A sensor in the cold store failed overnight and nobody noticed until six.", "explanation"),
    ("en", "The label printer ran on last week's file, so forty parcels went to the old address.", "explanation"),
    ("en", "We're working out how this slipped past three checks.", "explanation"),
    ("en", "It happened when we moved our servers on Sunday.", "explanation"),
    ("en", "A driver is bringing it round at six.", "next_steps"),
    ("en", "An engineer will be with you at nine tomorrow.", "next_steps"),
    ("en", "I'll let you know by tonight what I find.", "next_steps"),
    ("en", "From Monday every order is weighed before it leaves.", "next_steps"),
    ("en", "We'll make it right, whatever that takes.", "amends next_steps"),
    ("en", "A replacement goes out tonight.", "amends next_steps"),
    ("en", "Your money is on its way back to your card.", "amends next_steps"),
    ("en", "I'd like to make this up to you.", "amends"),
    ("en", "Tell me what would feel fair to you.", "amends"),
    ("en", "Drop me a private message?", "private_channel"),
    ("en", "My inbox is open.", "private_channel"),
    ("en", "Let's continue in direct messages.", "private_channel"),
    ("en", "Please message us here on this account.", "private_channel"),
    ("en", "If there was any trouble with your stay, we apologise.", "conditional"),
    ("en", "Apologies if this wasn't up to our usual standard.", "conditional"),
    ("en", "We're sorry for any upset this might have caused.", "conditional"),
    ("en", "Sorry for the wait, though it was a busy evening.", "but excuse acknowledgement"),
    ("en", "We messed up, but you did enter the wrong date.", "but responsibility blame_shift"),
    ("en", "Our courier let us down this time.", "blame_shift"),
    ("en", "The airport runs the belts, so you'd need to ask them.", "blame_shift"),
    ("en", "Please check your details next time, as the address you gave was wrong.", "blame_shift"),
    ("en", "It was a tiny hiccup.", "minimise"),
    ("en", "It was just ten minutes.", "minimise"),
    ("en", "I'm sorry you found our reply unhelpful.", "feelings_not_facts"),
    ("en", "We are sorry that you are not satisfied.", "feelings_not_facts"),
    ("en", "There has been a mix-up at the depot.", "passive_agent"),
    ("en", "Your order was cancelled by mistake.", "passive_agent acknowledgement"),
    ("en", "Unfortunately we are seeing unusually high demand.", "excuse"),
    ("en", "Our policy does not allow refunds.", "excuse"),
    ("en", "As a gesture of goodwill we have waived the fee.", "favour amends"),
    ("en", "We don't usually do this, but we'll refund you.", "favour amends next_steps"),
    ("en", "Reply with your phone number and we'll call.", "public_details next_steps"),
    ("en", "Could you confirm the e-mail on your account?", "public_details"),
    ("en", "Your feedback matters to us.", "boilerplate"),
    ("en", "We apologise for the inconvenience this has caused.", "boilerplate regret"),
    ("en", "We've added a 10 euro credit.", "public_money amends"),
    ("en", "Enjoy 15% off.", "public_money"),
    (
        "en",
        "We missed your slot and I'm sorry, but I don't want you to wait.",
        "acknowledgement responsibility regret",
    ),
    ("en", "If you DM me tonight I'll call you at once.", "private_channel next_steps"),
    ("en", "Just DM me, and only if you like.", "private_channel"),
    ("en", "I'm sorry your parcel is late. I just checked: it leaves at six.", "acknowledgement regret next_steps"),
    ("en", "Sorry about this, Kim! Which store was it?", "regret"),
    ("fa", "پولتون رو کامل پس می\u200cدیم.", "amends next_steps"),
    ("fa", "یکی دیگه همین امروز براتون می\u200cفرستیم.", "amends next_steps"),
    ("fa", "گند زدیم، معذرت.", "responsibility regret"),
    ("fa", "اشتباه از بنده بود.", "responsibility"),
    ("fa", "قبول داریم که خراب کردیم.", "responsibility"),
    ("fa", "جای شما بودم منم عصبانی می\u200cشدم.", "empathy"),
    ("fa", "می\u200cدونم چقدر برای این سفر برنامه ریخته بودید.", "empathy"),
    ("fa", "حق داشتید انتظار بیشتری داشته باشید.", "empathy"),
    ("fa", "علت این بود که سرور شب آپدیت شد و تنظیمات پرید.", "explanation"),
    ("fa", "کابل اصلی دیشب پاره شد.", "explanation acknowledgement"),
    ("fa", "داریم بررسی می\u200cکنیم که چرا دو بار کم شده.", "explanation acknowledgement"),
    ("fa", "موضوع را پیگیری می\u200cکنیم و تا عصر خبر می\u200cدهیم.", "next_steps"),
    ("fa", "از این به بعد هر سفارش دو بار چک می\u200cشود.", "next_steps"),
    ("fa", "لطفاً از طریق پی\u200cوی پیام بدهید.", "private_channel"),
    ("fa", "به ما دایرکت بدید تا جبران کنیم.", "private_channel amends"),
    ("fa", "چمدانتان در مقصد نبود.", "acknowledgement"),
    ("fa", "دو بار از حسابتان برداشت شده بود.", "acknowledgement"),
    ("fa", "اپ از دیروز باز نمی\u200cشود.", "acknowledgement"),
    ("fa", "همکار ما با شما بد صحبت کرد.", "acknowledgement"),
    ("fa", "اگر باعث ناراحتی شما شدیم عذر می\u200cخواهیم.", "conditional"),
    ("fa", "شرمنده ولی دست ما نبود.", "but blame_shift"),
    ("fa", "این مشکل از بانک شماست.", "blame_shift"),
    ("fa", "شماره تماستون رو همین زیر بذارید.", "public_details"),
    ("fa", "بیست درصد تخفیف روی خرید بعدی بهتون می\u200cدیم.", "public_money"),
    ("fa", "به علت شلوغی شب عید ارسال\u200cها دیر می\u200cشود.", "excuse"),
    ("fa", "ما را ببخشید، کوتاهی کردیم.", "regret responsibility"),
    ("fa", "متأسفانه اشتباهی پیش آمده.", "passive_agent"),
    ("fa", "متاسفم که ناراحت شدید.", "feelings_not_facts"),
    ("fa", "به عنوان هدیه این بار رایگان می\u200cفرستیم.", "favour amends"),
    ("fa", "نظر شما برای ما مهم است.", "boilerplate"),
    ("ar", "راح نرجع لك فلوسك كاملة.", "amends next_steps"),
    ("ar", "هنبعتلك واحد جديد بكرة.", "amends next_steps"),
    ("ar", "الغلطة غلطتنا.", "responsibility"),
    ("ar", "إحنا قصرنا معاك.", "responsibility"),
    ("ar", "نتحمل كامل المسؤولية.", "responsibility"),
    ("ar", "نقدّر غضبك، أي حد مكانك كان هيزعل.", "empathy"),
    ("ar", "أكيد كان يوم صعب عليكم.", "empathy"),
    ("ar", "السبب أن الخادم توقف بعد التحديث.", "explanation"),
    ("ar", "عم نشوف ليش تأخرت الطلبية.", "explanation acknowledgement"),
    ("ar", "بنراجع الكاميرات وبنرد عليك بكرة.", "next_steps"),
    ("ar", "من اليوم نفحص كل طلب مرتين.", "next_steps"),
    ("ar", "كلمنا في رسالة خاصة لو سمحت.", "private_channel"),
    ("ar", "ابعتلنا انبوكس.", "private_channel"),
    ("ar", "شنطتك ما وصلت معك.", "acknowledgement"),
    ("ar", "اتخصم منك المبلغ مرتين.", "acknowledgement"),
    ("ar", "الموظف رفع صوته عليك.", "acknowledgement"),
    ("ar", "طلبك وصل بارد ومتأخر.", "acknowledgement"),
    ("ar", "إذا ضايقناك نعتذر.", "conditional"),
    ("ar", "نعتذر، لكن التأخير خارج عن إرادتنا.", "but blame_shift"),
    ("ar", "شركة الشحن هي اللي تأخرت.", "blame_shift"),
    ("ar", "ممكن رقم جوالك هنا؟", "public_details"),
    ("ar", "لك خصم ٢٠٪ على طلبك الجاي.", "public_money"),
    ("ar", "بسبب ضغط الموسم تأخر التوصيل.", "excuse"),
    ("ar", "نأسف لأنك لم تكن راضياً عن الخدمة.", "feelings_not_facts"),
    ("ar", "كبادرة حسن نية نرسل لك بديلاً.", "favour amends"),
    ("ar", "صار في لخبطة بالطلب.", "passive_agent"),
    ("ar", "رأيك يهمنا.", "boilerplate"),
    ("ar", "عذراً منك، خيّبنا ظنك.", "regret responsibility"),
    ("ar", "المشكلة بسيطة وما تستاهل.", "minimise"),
    ("ar", "نرجو المعذرة عن إلغاء الموعد.", "regret acknowledgement"),
]


@pytest.mark.parametrize(("language", "text", "names"), SAID)
def test_what_is_said_is_found_however_it_is_put(language: str, text: str, names: str) -> None:
    findings = CHECKER.check(text, language=language)
    assert set(names.split()) <= {str(name) for name in findings.components | findings.faults}


@pytest.mark.parametrize(
    "text",
    [
        "Happy to help, what's up?",
        "Glad it arrived! Enjoy.",
        "Thanks for the kind words, we'll pass them on to Mia.",
        "Yes, both colours are in stock.",
        "Boarding begins at gate 4 and the lounge is open to you.",
    ],
)
def test_a_friendly_word_holds_no_apology_and_no_fault(text: str) -> None:
    findings = CHECKER.check(text, language="en")
    assert findings.faults == set()
    assert findings.components <= {"next_steps"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hello and thank you for writing to us, we have read your note."),
        ("fa", "با سلام، پیامتان را خواندیم و ممنونیم."),
        ("fa", "سلام دوست عزيز، پيامتون رو ديديم"),
        ("ar", "أهلاً بك، قرأنا رسالتك وشكراً لك."),
        ("ar", "هلا فيك، شفنا كلامك وراح نرد عليك"),
    ],
)
def test_persian_and_arabic_are_told_apart(language: str, text: str) -> None:
    assert CHECKER.check(text).language == language


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "That was poor from us.", Component.RESPONSIBILITY),
        ("en", "There's no excuse for how we handled this.", Component.RESPONSIBILITY),
        ("en", "The matter has been escalated.", Component.NEXT_STEPS),
        ("en", "Sorting it now.", Component.NEXT_STEPS),
        ("en", "Turns out a cleaner had unplugged our router.", Component.EXPLANATION),
        ("en", "We've taken the fee off: whatever you spent on the taxi, we'll pay.", Component.AMENDS),
        ("en", "We never called you back.", Component.ACKNOWLEDGEMENT),
        ("fa", "مبلغ را دوبار از کارت شما کم کردیم.", Component.RESPONSIBILITY),
        ("fa", "هنوز داریم درمیاریم چی شد.", Component.EXPLANATION),
        ("ar", "الغلط غلطنا.", Component.RESPONSIBILITY),
        ("ar", "الخطأ من مطبخنا.", Component.RESPONSIBILITY),
        ("ar", "رسائلنا الخاصة مفتوحة لك.", Component.PRIVATE_CHANNEL),
    ],
)
def test_what_people_say_in_unusual_words_is_found(language: str, text: str, name: Component) -> None:
    assert name in CHECKER.check(text, language=language).components


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "Sorry, which store was this in?", Component.REGRET),
        ("en", "Don't send us a DM with card details.", Component.PRIVATE_CHANNEL),
        ("en", "We did not make a mistake with this order.", Component.RESPONSIBILITY),
        ("en", "Apologies if we fell short today.", Component.RESPONSIBILITY),
        ("en", "We'll gladly pass on your kind words.", Component.NEXT_STEPS),
        ("en", "Have you tried another browser?", Component.ACKNOWLEDGEMENT),
        ("en", "You ordered the gluten free cake.", Component.AMENDS),
        ("en", "We got it wrong but have mended it.", Fault.BUT),
        ("en", "A 60 mile drive home like that is scary.", Fault.PUBLIC_DETAILS),
        ("en", "No vouchers, no codes: your rice is on a bike.", Fault.PUBLIC_MONEY),
        ("fa", "ببخشید، کدوم شعبه بودید؟", Component.REGRET),
        ("fa", "درکتان می‌کنیم.", Component.NEXT_STEPS),
        ("ar", "لا تكتب رقم طلبك هنا، أرسله على الخاص.", Fault.PUBLIC_DETAILS),
        ("ar", "راسلنا على البريد الإلكتروني.", Component.PRIVATE_CHANNEL),
    ],
)
def test_innocent_words_are_left_alone(language: str, text: str, name: Component | Fault) -> None:
    findings = CHECKER.check(text, language=language)
    assert name not in findings.components | findings.faults


@pytest.mark.parametrize(
    ("text", "language"),
    [("Mistakes were made.", "en"), ("الغلط غلطنا.", "ar"), ("كلمنا خاص عشان نعوضك.", "ar"), ("حق با شماست.", "fa")],
)
def test_the_language_of_a_few_words_is_told(text: str, language: str) -> None:
    assert CHECKER.check(text).language == language
