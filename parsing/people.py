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

# words of a person who speaks of himself: whole words
FIRST_PERSON = frozenset(
    "I i'm i've i'd i'll my me ich mir mich mein meine meinen meinem meiner je j'ai mon ma mes yo mi mis necesito "
    "quiero puedo io mio mia vorrei posso ho eu meu minha preciso gostaria ik mijn jag mig mitt mina jeg meg minun "
    "minä olen voinko já můj mám chtěl chtěla jsem potřebuji ja mój moja moje mam chciałbym chciałabym jestem я мне "
    "мой моя меня мені мій мене ben benim istiyorum εγώ μου θέλω έχω 저는 제가".split()
)
# the same of several: companies' programs say it too, so it counts less
FIRST_PLURAL = frozenset(
    "we our us wir uns unser unsere unserem nous notre nos nosotros nuestra nuestro noi nostro nostra nós nosso nossa "
    "wij we ons onze vi vår våra vores vår våre meidän meillä nás nám náš nasz nasza nam мы нас нам наш наша ми "
    "biz bizim εμείς μας 我们 我們 弊社 저희".split()
)
PERSONAL_SIGNS = ("私", "我", "저는", "제가")
ASKING = ("?", "？", "\u037e", "请问", "請問", "ますか", "ませんか", "나요", "까요")
# of a person who asks politely or thanks: whole words, and signs that stand anywhere
POLITE = frozenset(
    "please thanks bitte danke merci proszę dziękuję gracias grazie obrigado obrigada alstublieft graag bedankt snälla "
    "tack venligst vennligst takk kiitos prosím děkuji kérem köszönöm köszönjük mulțumesc ďakujem пожалуйста спасибо "
    "прошу дякую lütfen teşekkürler παρακαλώ ευχαριστώ תודה شكرا".split()
)
POLITE_SIGNS = (
    "s'il vous plaît", "por favor", "per favore", "будь ласка", "tak for", "请", "請", "谢谢", "謝謝", "お願い",
    "ありがとう", "부탁", "감사",
)  # fmt: skip
