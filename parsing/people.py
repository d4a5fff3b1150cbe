"""By what people are told from programs: their mail programs, and how they speak: data for traits.py.

A name of a program is in lower case and stands anywhere in User-Agent or X-Mailer; words are whole words in lower case.
"""

from __future__ import annotations

# how mail programs of people call themselves in User-Agent and X-Mailer
CLIENTS = (
    "thunderbird", "microsoft outlook", "outlook express", "apple mail", "iphone mail", "ipad mail", "roundcube",
    "mutt", "k-9 mail", "evolution", "kmail", "claws mail", "claws-mail", "squirrelmail", "zimbra", "horde",
    "open-xchange", "em client", "the bat!", "lotus notes", "hcl notes", "ibm notes", "groupwise", "sogo",
    "nextcloud", "ymail", "webservice", "zoho", "mail.ru", "yandex", "yamail", "airmail", "readdle", "mailspring",
    "fairemail", "seamonkey", "alpine", "sylpheed", "gnus", "wanderlust", "becky", "foxmail", "rainloop",
    "snappymail", "afterlogic", "mailmate", "postbox", "samsung", "web.de", "s-nail", "canary", "bluemail",
    "trojita", "vivaldi", "windows live mail", "windows mail", "microsoft-macoutlook", "microsoft office outlook",
    "imp/", "communicator", "eudora", "pegasus", "x.400", "workmail", "kerio connect webmail", "icewarp", "axigen",
    "mailbird", "neomutt", "geary", "betterbird",
)  # fmt: skip

# the same, by the Message-IDs that they write
CLIENT_IDS = ("@mail.gmail.com>", "@email.android.com>", "@mail.yahoo.com>", "@protonmail.com>", "@proton.me>")

# words of a person who asks or tells; whole words
FIRST_PERSON = frozenset(
    "i i'm i've my me we our ich mir mich mein meine meinen wir uns unser unsere je j'ai mon ma mes nous notre nos "
    "yo mi mis nosotros necesito quiero puedo io mio mia noi vorrei posso ho eu meu minha nós preciso gostaria "
    "ik mijn wij ons jag mig min mitt vi jeg mig meg mitt minun minä olen voinko voitteko já můj mám chtěl chtěla "
    "jsem potřebuji proszę ja mój moja moje mam chciałbym chciałabym jestem я мне мой моя меня мы мені мій моя мене "
    "ми ben benim istiyorum biz εγώ μου θέλω έχω μπορείτε 저는 제가 저희".split()
)
PERSONAL_SIGNS = ("私", "我", "저는", "제가")
ASKING = ("?", "？", "\u037e", "请问", "請問", "ますか", "ませんか", "나요", "까요")
POLITE = (
    "please", "thanks", "bitte", "danke", "s'il vous plaît", "merci", "proszę", "dziękuję", "por favor", "gracias",
    "per favore", "grazie", "obrigad", "alstublieft", "graag", "bedankt", "snälla", "tack", "venligst", "tak for",
    "vennligst", "takk", "kiitos", "prosím", "děkuji", "kérem", "köszön", "mulțumesc", "ďakujem", "пожалуйста",
    "спасибо", "прошу", "будь ласка", "дякую", "lütfen", "teşekkür", "παρακαλώ", "ευχαριστώ", "תודה", "شكرا", "请",
    "請", "谢谢", "謝謝", "お願い", "ありがとう", "부탁", "감사",
)  # fmt: skip
