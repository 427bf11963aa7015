"""Which language a post is in: by script, by letters that only some languages use, and by small words.

Made for posts of three words, so every letter and word counts. Languages that the complaint model has not learned are
named as well as this can be done, so that their posts go to people instead of being misjudged.
"""

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from classifiers.telling_words import same_letters, telling_words
from classifiers.text import LONGEST_POST

LEARNED = frozenset({"en", "fa", "ar"})
"""The languages that the complaint model was trained in."""
UNKNOWN = "und"
"""BCP 47 for a post that holds no words."""

_LETTERS_OF = {
    "fa": "پچژگیک\u200cۀ۰۱۲۳۴۵۶۷۸۹",
    "ar": "ىةأإؤ٠١٢٣٤٥٦٧٨٩ڨڭ",
    "ur": "ٹڈڑںےھہۓ",
    "ckb": "ێۆڕڵەڤ",
    "ps": "ټډړښځڅږۍې",
    "de": "äöüß",
    "fr": "éèêàùçœëîïô",
    "es": "ñáíóú¿¡é",
    "pt": "ãõçáéêó",
    "tr": "ğışçöü",
    "pl": "ąęłńśźż",
    "sv": "åäö",
    "da": "æøå",
    "ro": "ăâîșț",
    "cs": "ěščřžýů",
    "vi": "đơưạảấầẹếềọộớờụứ",
}  # fmt: skip
_LETTERS = {tag: frozenset(letters) for tag, letters in _LETTERS_OF.items()}
_SHARED_ARABIC = {
    "ي": ("ar",),
    "ك": ("ar",),
    "ی": ("fa", "ur", "ckb", "ps"),
    "ک": ("fa", "ur", "ckb", "ps"),
    "گ": ("fa", "ur", "ckb", "ar"),
    "چ": ("fa", "ur", "ckb", "ps"),
    "پ": ("fa", "ur", "ckb", "ps"),
    "ژ": ("fa", "ckb", "ps"),
}
_WORDS = {
    "en": """the a an is are was were be been i you he she it we they my your his her our their me us them this that
        these those and or but not no of to in on at for with from by as if so do does did have has had
        will would can could should what why how when where who there here just still again never always
        now today got get my i'm it's don't can't won't didn't isn't please thanks thank hello hi anyone
        about after before up out over than then too very been all any more some one two ever who order
        app refund account service delivery customer broken late help phone call money back again work
        works working worst best love great good bad new day days week hours time update down lost
        package parcel bill card driver ticket email support waiting wait shop store missing wrong""",
    "de": """der die das und ist nicht ich du wir ihr sie ein eine einen mein meine kein keine mit von zu auf für im
        am es war hat habe haben wird noch schon seit auch aber wie was warum wo bitte danke immer
        wieder nur bei nach mir mich euch euer sehr gut mehr kommt ihre den dem des zum zur paket nie
        heute lieferung bestellung geld zurück""",
    "fr": """le la les un une des et est pas je tu il elle nous vous mon ma mes votre vos ne que qui dans pour sur
        avec ce cette ces du de au aux en y a ont suis avez été toujours jamais depuis pourquoi bonjour
        merci mais très plus rien c'est j'ai n'est d'un l'application colis livraison commande service
        client sans encore""",
    "es": """el la los las un una y es no que de en por para con mi mis tu su sus me se lo le ha he han está estoy
        este esta hola gracias pero muy más nada nunca todavía desde cuando porque qué cómo dónde si ya
        del al pedido paquete servicio dinero cliente sigue llegó llega""",
    "it": """il lo la gli le un una e è non che di in per con mio mia mi si ho ha hanno sono questo questa ciao
        grazie ma molto più niente mai ancora da quando perché come dove già del della nel ordine pacco
        servizio cliente soldi""",
    "pt": """o os as um uma e é não que de em por para com meu minha me se ele ela vocês você está estou este esta
        olá obrigado mas muito mais nada nunca ainda desde quando porque como onde já do da no na pedido
        encomenda""",
    "nl": """de het een en is niet ik jij je wij zij mijn geen met van te op voor in dat dit die was heb heeft nog al
        ook maar hoe wat waarom waar bedankt altijd weer bij naar mij jullie zeer pakket bestelling""",
    "tr": """bir ve bu da de için çok ne mi mı ben sen biz siz değil yok var ama gibi daha neden nasıl hala hâlâ
        kargo teşekkürler merhaba lütfen bana benim sipariş param iade günü şey kadar artık geldi
        gelmedi hiç""",
    "id": """yang dan di ini itu tidak saya aku kamu dengan untuk dari ke ada sudah belum bisa kenapa lagi juga tapi
        sama nya kok gak ga udah banget paket terima kasih tolong""",
    "pl": """nie i w na z się to jest że do jak co dlaczego po od za moje mój moja dzień dobry dziękuję proszę
        jeszcze już bardzo paczka zamówienie""",
    "sv": """och är inte jag du vi ni en ett det att på för med min mitt har som till av från hej tack varför paket""",
    "fa": """از به در با که این آن را رو و یا هم من ما شما تو او برای تا است هست نیست شد شده بود چرا چی کی دیگه خیلی
        فقط هنوز هیچ اگر اگه ولی اما یک یه دو سه می نمی کرد کردم کردن کنم کنید کنین دارم داره دارید
        ندارم سلام لطفا ممنون مرسی خوب بد پول سفارش روز ساعت بعد قبل الان امروز دیروز باز بازم همه چه هر
        دست خسته نباشید نشد نکرد نداد نیومد رسید نرسید نرسیده نمیدهد
        دهد کسی قطع اینترنت اپ برنامه عالی افتضاح واقعا دوباره
        ماه هفته است؟ تون شون مون میشه نمیشه چیه کجا چند""",
    "ar": """من في على إلى عن مع هذا هذه ذلك التي الذي أن إن لا ما لم لن هل كل بعد قبل كان كانت هو هي نحن أنا أنت يا
        و ثم أو بس مو مش ليش ليه وين متى كيف شو شنو ايش إيش لسه بعدين اليوم أمس عندي عندكم عندك شكرا
        السلام عليكم والله الله انا انتم انت الى اذا ولا حتى بدون غير جدا لكن قد لو عم هاد هيك دي ده
        اللي الي علي عليكم منكم خدمة الخدمة الشركة تطبيق التطبيق الطلب طلبي وصل وصلني موظف النت فلوس
        فلوسي حسابي يوم ساعة مرة مافي ماكو وش بدي صار ولم وين لحد الآن الان أين رد يرد حد محد أحد""",
    "ur": """ہے ہیں کا کی کے کو میں نے سے نہیں ہوں اور یہ وہ پر بھی کیا آپ مجھے میرا میری تھا تھی
        کر رہا رہے گیا ابھی""",
    "ckb": """لە بە بۆ و ئەم ئەو کە نییە هەیە من تۆ ئێمە ئێوە بوو دەکات ناکات چۆن بۆچی زۆر""",
}  # fmt: skip
_TAGS = sorted(_LETTERS.keys() | _WORDS.keys())
_HEARD = {
    word: tuple(tag for tag, words in _WORDS.items() if word in words.split())
    for words in _WORDS.values()
    for word in words.split()
}
_BY_SCRIPT = {"CYRILLIC": "ru", "GREEK": "el", "HEBREW": "he", "DEVANAGARI": "hi", "BENGALI": "bn", "HANGUL": "ko",
              "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "THAI": "th", "ARMENIAN": "hy", "GEORGIAN": "ka",
              "TAMIL": "ta", "ETHIOPIC": "am"}  # fmt: skip
_RARE = frozenset({"ur", "ckb", "ps"})
_WORD_WEIGHT = 2.0
_TELLING_WEIGHT = 1.2
"""Of words that were counted, not chosen."""
_HINT_WEIGHT = 0.6
_ARABIC_SCRIPT = frozenset({"fa", "ar", "ur", "ckb", "ps"})
_ARABIC_ARTICLE = ("ال", "وال", "بال", "لل")


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """The first word of the letter's Unicode name: its script for all that matter here."""
    return unicodedata.name(letter, "").split(" ", 1)[0] if letter.isalpha() else ""


@lru_cache(maxsize=50_000)
def _votes(word: str) -> tuple[tuple[str, float], ...]:
    """What one word says for each language: small words most, telling letters a little each."""
    votes: defaultdict[str, float] = defaultdict(float)
    # Persian is often typed with Arabic letters.
    heard = _HEARD.get(word) or _HEARD.get(same_letters(word), ())
    for tag in heard:
        votes[tag] += _WORD_WEIGHT / len(heard) ** 0.5
    if not heard and (tag := telling_words().get(same_letters(word), "")):
        votes[tag] += _TELLING_WEIGHT
    if word.isascii():
        return tuple(votes.items())
    for tag, letters in _LETTERS.items():
        found = len(set(word) & letters)
        if found:
            votes[tag] += found * (1.4 if tag in _RARE else 0.8)
    for letter in set(word) & _SHARED_ARABIC.keys():
        for tag in _SHARED_ARABIC[letter]:
            votes[tag] += 0.4
    if word.startswith(_ARABIC_ARTICLE):
        votes["ar"] += 1.0
    if word.startswith(("می\u200c", "نمی\u200c")) or word.endswith(("های", "\u200cها", "هاي")):
        votes["fa"] += 1.0
    return tuple(votes.items())


@dataclass(frozen=True, slots=True)
class _Word:
    """What one word shows: its script, or "" where it has no letters, and its votes."""

    script: str
    votes: tuple[tuple[str, float], ...]


def bare(word: str) -> str:
    """A word without the marks around it, in small letters."""
    letters = "".join(letter for letter in word if letter.isalnum() or letter in "'’\u200c").strip("'’")
    return letters.replace("’", "'").casefold()


@lru_cache(maxsize=100_000)
def _seen(word: str) -> _Word:
    """A word as it stands between spaces. Links, handles and numbers show nothing."""
    if word.startswith(("http", "@", "www.", "u/", "r/")):
        return _Word("", ())
    plain = bare(word)
    if plain.isascii():
        return _Word("LATIN" if any(map(str.isalpha, plain)) else "", _votes(plain))
    scripts = Counter(filter(None, map(_script, plain)))
    return _Word(max(scripts, key=lambda script: scripts[script], default=""), _votes(plain))


def language_of(text: str, hint: str | None = None) -> str:
    """The BCP 47 tag of the language of a post, or `UNKNOWN`.

    `hint` is what the network says; it decides only where the words leave it open. Latin letters without any sign of a
    language count as English.
    """
    words = [word for word in map(_seen, text[:LONGEST_POST].split()) if word.script]
    scripts = Counter(word.script for word in words)
    if not scripts:
        return UNKNOWN
    if "HIRAGANA" in scripts or "KATAKANA" in scripts:
        return "ja"
    main = max(scripts, key=lambda script: scripts[script])
    if main not in ("LATIN", "ARABIC"):
        return _BY_SCRIPT.get(main, UNKNOWN)
    votes: defaultdict[str, float] = defaultdict(float, {"en": 0.5} if main == "LATIN" else {"ar": 0.3})
    for word in words:
        if word.script == main:
            for tag, weight in word.votes:
                votes[tag] += weight
    here = [tag for tag in _TAGS if (tag in _ARABIC_SCRIPT) == (main == "ARABIC")]
    if hint and (tag := hint.split("-")[0].lower()) in here:
        votes[tag] += _HINT_WEIGHT
    return max(here, key=lambda tag: votes[tag])
