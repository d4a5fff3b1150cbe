"""Bytes into characters: what labels mean, what they hide, and which alphabet bytes without one are in."""

from __future__ import annotations

import time

import pytest

from parsing.alphabets import likely
from parsing.charsets import decode_bytes
from parsing.reader import read

SENTENCES = {
    "cp1252": "Könnten Sie mir bitte helfen? Für Rückfragen stehe ich zur Verfügung – „Grüße“.",
    "latin-1": "Bonjour, l'imprimante est bloquée depuis hier à midi. Ça ne marche plus, très cordialement.",
    "iso8859-1": "No consigo acessar a conta, a impressão não está funcionando. Olá e até amanhã, João.",
    "cp1250": "Dzień dobry, od rana nie mogę się zalogować. Proszę o pomoc, dziękuję, Łukasz.",
    "iso8859-2": "Dzień dobry, od rana nie mogę się zalogować. Źródło: śliwka, źdźbło, gęślą.",
    "cp1254": "Merhaba, yazıcımız çalışmıyor, yardımcı olabilir misiniz? Teşekkürler, Şükrü.",
    "cp1257": "Laba diena, negaliu prisijungti prie savo paskyros, prašau padėti. Ačiū, gražios dienos.",
    "cp1251": "Здравствуйте, не могу войти в кабинет с самого утра. Помогите, пожалуйста!",
    "koi8-r": "Добрый день, принтер в бухгалтерии опять не печатает, что делать?",
    "koi8-u": "Добрий день, не можу увійти до свого кабінету, допоможіть. Дякую, її колега.",
    "iso8859-5": "Здравствуйте, не могу войти в кабинет с самого утра.",
    "cp866": "Здравствуйте, не могу войти в кабинет с самого утра.",
    "cp1253": "Δεν μπορώ να συνδεθώ στον λογαριασμό μου από το πρωί. Βοηθήστε με.",
    "cp1255": "שלום, אני לא מצליח להתחבר לחשבון שלי מהבוקר. תודה",
    "cp1256": "مرحبا، لا أستطيع الدخول إلى حسابي منذ الصباح. وشكرا",
    "cp874": "สวัสดีครับ ผมเข้าสู่ระบบไม่ได้ตั้งแต่เช้านี้ ขอบคุณครับ",
    "cp932": "お世話になっております。①プリンタが動きません。よろしくお願いします。",
    "euc-jp": "お世話になっております。プリンタが動きません。よろしくお願いします。",
    "gb18030": "您好，我今天早上无法登录我的帐户，请帮助我。谢谢",
    "cp950": "您好，我今天早上無法登入我的帳戶，請協助我。謝謝",
    "cp949": "안녕하세요, 오늘 아침부터 로그인이 되지 않습니다. 도와주세요.",
}


@pytest.mark.parametrize("codec", SENTENCES)
def test_bytes_without_a_label_are_read(codec: str) -> None:
    """A sentence in each legacy charset comes out as it was written, without a label and with a wrong one."""
    words = SENTENCES[codec]

    assert decode_bytes(words.encode(codec)) == (words, f"read as {likely(words.encode(codec))}")
    assert decode_bytes(words.encode(codec), "utf-8")[0] == words
    assert decode_bytes(words.encode(codec), "x-user-defined")[0] == words


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "cp1253", "cp1255", "cp1256", "cp932", "gb18030", "cp949"])
def test_a_western_label_on_another_alphabet(codec: str) -> None:
    """Programs that know no charset write iso-8859-1; letters that are all of another alphabet overrule it."""
    words = SENTENCES[codec]

    text, mended = decode_bytes(words.encode(codec), "iso-8859-1")
    assert text == words
    assert mended.endswith("not cp1252")


SHORT = {
    "cp874": "สวัสดี|สวัสดีครับ|ขอบคุณ|ช่วยด้วย|ไม่ทำงาน|ใบแจ้งหนี้|รหัสผ่าน|สวัสดี Anna|Re: ใบเสนอราคา",
    "cp1256": "مرحبا|شكرا|فاتورة|كلمة المرور|مساعدة|سؤال|مشكلة في تسجيل الدخول|طلب رقم 123",
    "cp1255": "שלום|תודה|חשבונית|עזרה|שאלה|שלום רב",
    "cp1253": "Γεια σας|Ευχαριστώ|τιμολόγιο|βοήθεια|ερώτηση|Καλημέρα",
    "cp1251": "Привет|Спасибо|счет|пароль|помощь|вопрос|Дякую|Рахунок|Благодаря|Фактура|Хвала",
    "koi8-r": "Привет|Спасибо|счет|помощь|вопрос|Здравствуйте|Проблема со входом",
    "cp1252": "Grüße|für Müller|café|déjà|español|niño|informação|kjøp|språk|är|perché|può|één",
    "gb18030": "你好|发票|密码|打印机坏了|问题",
    "cp932": "こんにちは|請求書|パスワード|プリンター|ありがとう|質問",
}


@pytest.mark.parametrize("codec", SHORT)
def test_a_word_or_two_are_enough(codec: str) -> None:
    """The first words of a mail, alone and without a label, are read in their own alphabet."""
    words = SHORT[codec].split("|")

    assert [decode_bytes(word.encode(codec))[0] for word in words] == words


@pytest.mark.parametrize("words", ["ÄÖÜ äöüß ÀÉ", "çà et là, déjà été", "Å, Ø, Æ!", "ÐÞ þá æði", "5 € – „ja“"])
def test_a_western_label_is_believed(words: str) -> None:
    """However many accents there are, a right label is not overruled."""
    assert decode_bytes(words.encode("cp1252"), "iso-8859-1") == (words, "")


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("Grüße".encode(), "iso-8859-1", "Grüße"),
        ("Привет всем".encode(), "koi8-r", "Привет всем"),
        ("\ufeffGrüße".encode(), "iso-8859-1", "Grüße"),
        ("\ufeffGrüße".encode(), "", "Grüße"),
        ("Grüße".encode("utf-16"), "", "Grüße"),
        ("Grüße an".encode("utf-16-be"), "utf-16", "Grüße an"),
        ("Grüße an".encode("utf-16-le"), "us-ascii", "Grüße an"),
        ("你好".encode("utf-16-be"), "utf-16be", "你好"),
        (b"plain ascii text", "utf-16", "plain ascii text"),
        (b"plain", "", "plain"),
        (b"a\x00b", "utf-8", "a\ufffdb"),
        ("Grüße 猫\n".encode() + "Fußzeile größer".encode("cp1252"), "utf-8", "Grüße 猫\nFußzeile größer"),
        ("Grüße 猫".encode()[:-1], "utf-8", "Grüße \ufffd"),
        (b"\x93Gr\xfc\xdfe\x94 \x81", "windows-1252", "“Grüße” \ufffd"),
        (b"\x82\xb1\x82\xf1\x82 a", "shift_jis", "こん\ufffd a"),
        *(
            ("Я".encode("cp1251"), label, "Я")
            for label in ("Windows-1251", "win1251", "x-cp1251", "WINDOWS_1251", '"cp1251"')
        ),
        ("ł".encode("iso8859-2"), "ISO8859_2", "ł"),
        ("あ".encode("euc-jp"), "x-EUC-JP", "あ"),
        ("镕".encode("gbk"), "gb2312", "镕"),
        (b"Hi +Jjo-!", "utf-7", "Hi ☺!"),
        (b"Hi +Jjo-!", "us-ascii", "Hi +Jjo-!"),
        (b"Hi +Jjo-!", "", "Hi +Jjo-!"),
        ("שלום".encode("iso8859-8"), "iso-8859-8-i", "שלום"),
        (b"abc", "rot13", "abc"),
        (b"abc", "../../etc/passwd", "abc"),
        (b"abc", "x" * 3000, "abc"),
        (b"abc \\u0041", "unicode_escape", "abc \\u0041"),
        *((b"abc", label, "abc") for label in ("", "idna", "undefined", "zlib", "hex", "punycode", "mbcs")),
    ],
)
def test_labels_and_bytes(data: bytes, label: str, text: str) -> None:
    """Labels that lie, that are none, that hide codecs with side effects; marks, NULs, and one broken byte."""
    assert decode_bytes(data, label)[0] == text


JAPANESE = "猫が好きです\nさようなら"


@pytest.mark.parametrize("label", ["iso-2022-jp", "", "us-ascii", "utf-8", "iso-8859-1"])
def test_iso_2022_jp(label: str) -> None:
    """Its escapes are known without a label, and under a wrong one."""
    assert decode_bytes(JAPANESE.encode("iso2022_jp"), label)[0] == JAPANESE


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (JAPANESE.encode("iso2022_jp")[:-5], JAPANESE[:-1]),
        (JAPANESE.encode("iso2022_jp")[:-6], JAPANESE[:-2]),
        (b"\x1b(I6@6E\x1b(B ok", "ｶﾀｶﾅ ok"),
        (b"\x1b$B-!G-\x1b(B", "①猫"),
        ("猫です".encode("iso2022_jp").replace(b"\x1b", b""), "猫です"),
        (b"\x1b$BG-\nplain\n", "猫\nplain\n"),
        ("お世話になっております".encode("cp932"), "お世話になっております"),
        ("お世話になっております".encode("euc-jp"), "お世話になっております"),
        (b"price: $BB in (B)", "price: $BB in (B)"),
    ],
)
def test_broken_iso_2022_jp(data: bytes, text: str) -> None:
    """Cut in the middle, half-width, NEC's characters, escapes lost on the way, no end, another kind."""
    assert decode_bytes(data, "iso-2022-jp")[0] == text


@pytest.mark.parametrize("words", ["Grüße, schöne Füße", "été, déjà, à l’école – “là”", "Привет, друзья мои"])
def test_text_encoded_twice_is_mended(words: str) -> None:
    """UTF-8 that was taken for windows-1252 and encoded again is read as it was written, and a defect says so."""
    twice = words.encode().decode("latin-1").encode()
    windows = "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in words.encode()).encode()

    assert decode_bytes(twice, "utf-8") == (words, "encoded twice")
    assert decode_bytes(windows, "utf-8") == (words, "encoded twice")


@pytest.mark.parametrize("words", ["It shows Ã¼ here.", "Your page shows Ã¼, Ã¤ and Ã¶ for ü.", "Âge, Ãlvaro, â€"])
def test_what_only_looks_so_is_left_alone(words: str) -> None:
    """Who writes about garbled letters, or has few that look so, is not corrected."""
    assert decode_bytes(words.encode(), "utf-8") == (words, "")


def test_other_parts_hint_at_the_charset() -> None:
    """A charset that the mail itself names decides where the letters alone do not."""
    assert decode_bytes(b"\xb3", "", ("iso-8859-2",))[0] == "ł"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff" * 2**20,
        b"\x81a" * 2**19,
        b"a" * 2**20 + b"\xe4",
        bytes(range(256)) * 4096,
        b"\x1b$B" * 2**18,
        b"$B!!" * 2**18,
    ],
    ids=["ff", "pairs", "one", "all", "escapes", "lost escapes"],
)
def test_hostile_bytes_are_read_in_time(data: bytes) -> None:
    """A MiB of whatever bytes under whatever label costs less than two seconds."""
    start = time.process_time()
    for label in ("", "iso-8859-1", "iso-2022-jp", "utf-16"):
        decode_bytes(data, label)

    assert time.process_time() - start < 2


def test_the_mail_tells_how_it_was_mended() -> None:
    """The defect of a part names the charset that was read instead."""
    raw = b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n" + SENTENCES["cp1251"].encode("cp1251")
    for message in (read(raw), read(raw.replace(b"\n", b"\r\n"))):
        assert message.text == SENTENCES["cp1251"]
        assert ("charset", "read as cp1251") in [(d.what, d.mended) for d in message.defects]
