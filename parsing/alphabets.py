"""Which legacy charset bytes without a believable label are in: judged by the letters that they would be.

Each language is a row: the charsets it was written in, and the letters beyond ASCII that its texts hold, the frequent
ones first. A reading is worth what its letters are worth, less what nobody writes: a sign or a capital inside a word,
two alphabets in one word. The best reading wins, the earlier row at a tie. Deterministic, and bounded: the first
characters of the sample decide.
"""

from __future__ import annotations

import math
import re
from functools import cache

_SAMPLE = 600  # characters that are judged in each reading
_STRETCH = 65_536  # bytes in which those characters are looked for
_LARGE_ALPHABET = 45
_CERTAIN = 1.5  # by so much a reading must be better to overrule what the label says
_ENOUGH = 8  # characters beyond ASCII without which nothing is certain

_LATIN_1 = ("cp1252", "cp850", "mac_roman")
_LATIN_2 = ("cp1250", "iso8859-2", "cp852")
_CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac_cyrillic")

# letters in one case only: the other is worth the same
_LANGUAGES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("de", _LATIN_1, "üäößéèáêç"),
    ("fr", _LATIN_1, "éèàêçùôûîâïœëæ"),
    ("es", _LATIN_1, "óíáéñúü"),
    ("pt", _LATIN_1, "ãçéáõóêíúâàô"),
    ("it", _LATIN_1, "èàùòéìíó"),
    ("nl", _LATIN_1, "ëéïèöüó"),
    ("sv", _LATIN_1, "äåöéüà"),
    ("da", _LATIN_1, "æøåéäö"),
    ("is", _LATIN_1, "áðíöúéþæóý"),
    ("pl", _LATIN_2, "ąęłóśżćńź"),
    ("cs", _LATIN_2, "íáěéřčžýšůúóďťň"),
    ("sk", _LATIN_2, "áíéčýžšúôóľťňäďŕĺ"),
    ("hu", _LATIN_2, "áéöóőüíúű"),
    ("ro", ("cp1250", "iso8859-2", "iso8859-16"), "ăîâşţșț"),
    ("hr", _LATIN_2, "čšžćđ"),
    ("tr", ("cp1254", "iso8859-9", "cp857"), "ıüşçöğİâî"),
    ("lt", ("cp1257", "iso8859-13", "iso8859-4"), "ėųšįūžčąę"),
    ("lv", ("cp1257", "iso8859-13", "iso8859-4"), "āīēšūņžļķģč"),
    ("ru", _CYRILLIC, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"),
    ("uk", ("cp1251", "koi8-u", "iso8859-5"), "оаніивретскулдмпзяьбгйчхцїжюшєщфґ"),
    ("bg", ("cp1251", "iso8859-5", "mac_cyrillic"), "аиоентрсвлкдпмзгяъубчцжщхшюйфь"),
    ("sr", ("cp1251", "iso8859-5"), "аоиенрстјдувкмплзгбчшцњхљћжђфџ"),
    ("el", ("cp1253", "iso8859-7"), "αοιετσνηυρπκμλςωίόάγδέθχήύφβώξζψϊ"),
    ("he", ("cp1255", "iso8859-8"), "יוהלאתרבשמנדםהחקפעןכגזטסצףךץ"),
    ("ar", ("cp1256", "iso8859-6"), "الينمرتودبعسهفكقحجةطىصشخأزءضغإثذئظآؤ"),
    ("fa", ("cp1256",), "اینردهمتوبسشکزلگخفقپعحجئصطچآضثغظژ"),
    ("th", ("cp874",), "านรกอเงมยลวดทสตะปบ่าี้คหแิัชจ์พขใไโุูผซถื็ศธำณษฟฉญภึฐโฎๆ"),
)
# short words in ASCII that tell Latin languages apart
_WORDS = {
    "de": "und der die das nicht ist ich sie mit von den ein zu auf bitte",
    "fr": "le la les des est pas je vous de et une pour que dans merci",
    "es": "el los las que por con una para del no gracias mi en hola se",
    "pt": "que os uma com para por em do da obrigado ola meu ao se minha",
    "it": "il che non per una con sono di gli della grazie buongiorno mi la",
    "nl": "het een van niet ik dat op voor met zijn bedankt er maar aan",
    "sv": "och att det som jag inte med kan vi hej en av till vid tack",
    "da": "og det at jeg ikke med kan vi hej en af til ved tak er",
    "is": "og ekki vi til sem er ekki hann mig takk",
    "pl": "nie na do jest si w z to od mi prosz jak dobry co po",
    "cs": "na je se to ne v s do jsem pro si od dobr k nebo",
    "sk": "na je sa to v som pre od si nie alebo dobr ak do",
    "hu": "a az nem hogy is egy van ha meg csak nem ez",
    "ro": "nu pe la cu este din mai sunt de va rog si o in am",
    "hr": "je na se da ne za li u od sve smo nam i to",
    "tr": "bir ve bu da de var ne daha olarak merhaba iyi",
    "lt": "ir yra kad su bet kaip nuo savo ar tai laba diena",
    "lv": "un ir ka no ar par uz paldies labdien mums",
}
_CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现"
    "当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重"
    "并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入"
    "您请谢件邮号单收发货客户服务电账密码登录系统问题联系"
)
_TRADITIONAL = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現"
    "當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重"
    "您請謝件郵號單收貨客戶服務電帳密碼登錄系統題聯絡"
)
_KOREAN = frozenset(
    "이다는에을를의가하고지로니한은기사어서도해안녕세요주습아인대정나있일자시그수리게라들것과부만제전보으여구상원장문"
)
_MULTIBYTE = ("cp932", "euc-jp", "gb18030", "cp950", "cp949")
_TYPOGRAPHY = frozenset("\xa0“”„‘’‚–—…€«»°§©®™•·№´›‹£\u200e\u200f\u200c")
_JOINING = frozenset("’'´\xa0-·\xad")
_WORD = re.compile(rb"[A-Za-z]{0,40}[\x80-\xff][A-Za-z\x80-\xff]{0,60}")
_FIRST = re.compile(rb"[\x80-\xff]")
_GLUED = re.compile("[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")
_ASCII_WORD = re.compile(rb"[a-z]{1,20}")
_THAI_TONES = frozenset("่้๊๋์")
_THAI_MARKS = frozenset("ะัาำิีึืุู็่้๊๋์")


def likely(data: bytes, hint: tuple[str, ...] = ()) -> str:
    """The codec that reads `data` best; cp1252 when nothing tells. `hint` names codecs that the mail itself uses."""
    return _best(data, hint)[1]


def contradicted(data: bytes, codec: str) -> str:
    """The codec that `data` is surely in although its label means `codec`; "" when the label may be right."""
    high = len(data) - len(data.translate(None, _HIGH))
    letters = len(data) - len(data.translate(None, _LETTERS))
    if high < _ENOUGH or 5 * high < 2 * letters:  # a text in Latin letters holds far more of ASCII
        return ""
    score, found = _best(data, ())
    declared = max((worth for worth, named in _single(_from_first_high(data)) if named == codec), default=-9.0)
    return found if found not in _LATIN and score > 0 and score - declared > _CERTAIN else ""


_LATIN = frozenset(codec for language, codecs, letters in _LANGUAGES if letters[0] < "\u0370" for codec in codecs)
_HIGH = bytes(range(0x80, 0x100))
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + _HIGH


def _best(data: bytes, hint: tuple[str, ...]) -> tuple[float, str]:
    best = (-99.0, "cp1252")
    data = _from_first_high(data)
    for worth, codec in (*_single(data), *_multi(data)):
        worth += 1.0 if codec in hint else 0.0
        if worth > best[0] + 1e-9:
            best = (worth, codec)
    return best


def _from_first_high(data: bytes) -> bytes:
    """The stretch that is looked at: from a little before the first byte that is not ASCII."""
    found = _FIRST.search(data)
    start = max(0, found.start() - 40) if found is not None else 0
    return data[start : start + _STRETCH]


def _single(data: bytes) -> list[tuple[float, str]]:
    """Each reading in one byte a character: what it is worth, and its codec."""
    words: list[bytes] = []
    length = 0
    for found in _WORD.finditer(data):
        words.append(found.group())
        length += len(found.group())
        if length > _SAMPLE:
            break
    sample = b" ".join(words)
    spoken = _ASCII_WORD.findall(data[: 16 * _SAMPLE].lower())
    # other alphabets than Latin, in a text that is nearly all of ASCII letters, would be a wonder
    foreign = 1.5 if sum(map(len, spoken)) > 8 * length else 0.0
    readings: dict[str, str] = {}
    out = []
    for language, codecs, letters in _LANGUAGES:
        bonus = min(1.5, 0.5 * sum(word in _known(language) for word in spoken)) if letters < "\u0370" else -foreign
        for rank, codec in enumerate(codecs):
            if codec not in readings:
                readings[codec] = sample.decode(codec, "replace")
            out.append((_worth(readings[codec], language) + bonus - 0.3 * rank, codec))
    return out


@cache
def _known(language: str) -> frozenset[bytes]:
    return frozenset(_WORDS[language].encode().split())


@cache
def _weights(language: str) -> tuple[dict[str, float], bool]:
    """What each letter is worth, by its rank; and whether the language has Latin letters."""
    letters = next(letters for name, _, letters in _LANGUAGES if name == language)
    worth: dict[str, float] = {}
    falls = 1.2 if len(letters) < _LARGE_ALPHABET else 0.9  # texts spread over more letters: each tells as much
    for rank, letter in enumerate(letters):
        for form in (letter, letter.upper()):
            if len(form) == 1:
                worth.setdefault(form, 3.2 - falls * math.log(rank + 1))
    return worth, letters[0] < "\u0370"


def _worth(text: str, language: str) -> float:
    """The mean worth of the characters beyond ASCII, each with its neighbours."""
    weights, latin = _weights(language)
    total, count = 0.0, 0
    before = " "
    padded = text + " "
    for at, char in enumerate(text):
        if char >= "\x80":
            total += _one(char, before, padded[at + 1], weights, latin)
            count += 1
        before = char
    return total / count if count else -99.0


def _one(char: str, before: str, after: str, weights: dict[str, float], latin: bool) -> float:
    worth = weights.get(char)
    if worth is None:
        if char.isalpha():
            return -2.5
        if char == "\ufffd" or char < "\xa0":
            return -8.0
        if before.isalpha() and after.isalpha() and (char not in _JOINING or (char == "´" and not latin)):
            return -3.5
        return 1.0 if char in _TYPOGRAPHY or (char in "¡¿" and after.isalpha()) else -1.5
    if char.isupper() and before.isalpha():
        worth -= 3.0 if before.islower() else 0.4
    if latin:
        if char.isupper() and not before.isalpha() and not after.isalpha():
            worth -= 4.0
        worth -= 1.5 * (before >= "\xc0") + 1.5 * (after >= "\xc0")
    elif (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha()):
        worth -= 4.0
    elif before.isascii():
        worth -= 4.0 if char in _THAI_MARKS else 2.0 if after.isascii() else 0.0
    elif char in _THAI_MARKS:  # at a consonant, or a tone at a vowel: hardly by chance
        worth += 1.0 if "ก" <= before <= "ฮ" else 0.0 if char in _THAI_TONES or before in _THAI_TONES else -3.0
    return worth


def _multi(data: bytes) -> list[tuple[float, str]]:
    """Each reading in several bytes a character: the first that is none ends the matter."""
    found = _FIRST.search(data)
    start = found.start() if found is not None else 0
    sample = data[start : start + 3 * _SAMPLE]
    out = []
    for codec in _MULTIBYTE:
        text = sample.decode(codec, "replace")
        text = text[:-3] if len(sample) == 3 * _SAMPLE else text  # it may be cut in the middle of a character
        glued = len(_GLUED.findall(text))
        text = "".join(char for char in text if char >= "\x80")
        broken = text.count("\ufffd")
        if broken * 20 <= len(text):
            worth = sum(map(_EAST[codec], text)) - 8.0 * broken - 1.5 * glued
            out.append((worth / max(1, len(text)), codec))
    return out


def _ideograph(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _sign(char: str) -> float:
    """East Asian punctuation and wide letters are written everywhere, other signs hardly."""
    return 0.3 if "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff5e" or "①" <= char <= "⑳" else -2.5


def _japanese(char: str) -> float:
    if "\u3041" <= char <= "\u30fe":
        return 2.5
    if _ideograph(char):
        if char in _TRADITIONAL or char in _CHINESE:
            return 0.9
        return 0.3 if b"\xb0" <= _lead(char, "euc-jp") <= b"\xcf" else -1.8
    return _sign(char)


def _simplified(char: str) -> float:
    if _ideograph(char):
        return 2.5 if char in _CHINESE else (0.2 if b"\xb0" <= _lead(char, "gb18030") <= b"\xd7" else -1.2)
    return _sign(char)


def _traditional(char: str) -> float:
    if _ideograph(char):
        return 2.5 if char in _TRADITIONAL else (0.2 if b"\xa4" <= _lead(char, "cp950") <= b"\xc6" else -1.2)
    return _sign(char)


def _korean(char: str) -> float:
    if "\uac00" <= char <= "\ud7a3":
        return 2.5 if char in _KOREAN else (1.2 if _lead(char, "euc-kr") >= b"\xb0" else -1.5)
    return _sign(char)


def _lead(char: str, codec: str) -> bytes:
    """The first byte of a character: frequent ones stand in the first rows of these charsets."""
    return char.encode(codec, "replace")[:1]


_EAST = {
    "cp932": _japanese,
    "euc-jp": _japanese,
    "gb18030": _simplified,
    "cp950": _traditional,
    "cp949": _korean,
}
