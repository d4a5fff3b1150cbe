"""Does a short answer say that all is well? Words are data here, one table a language.

An answer counts only if every word of it is in the tables: one word that is not ("solved, but …", "not solved")
makes it an ordinary answer. A bare "yes" counts only when we asked whether it is solved.
"""

from __future__ import annotations

import re
import unicodedata

MAX_WORDS = 16

SOLVED = {
    "en": "solved|it is solved|its solved|problem solved|issue solved|this is solved|all solved|resolved|its resolved|"
    "it is resolved|it works|works|works now|it works now|working now|its working now|it is working now|fixed|"
    "its fixed|it is fixed|all good|all good now|that worked|that solved it|that fixed it|you can close it|"
    "you can close this|please close|please close it|please close the ticket|you can close the ticket|"
    "close the ticket|case closed",
    "fr": "resolu|cest resolu|c est resolu|probleme resolu|le probleme est resolu|ca marche|ca fonctionne|"
    "cela fonctionne|tout fonctionne|c est bon|cest bon|c est regle|cest regle|regle|tout est bon|tout va bien|"
    "vous pouvez fermer|vous pouvez clore|vous pouvez fermer le ticket|vous pouvez cloturer le ticket",
    "pl": "rozwiazane|rozwiazany|problem rozwiazany|sprawa rozwiazana|sprawa zalatwiona|zalatwione|dziala|juz dziala|"
    "wszystko dziala|teraz dziala|wszystko ok|wszystko gra|mozna zamknac|mozna zamknac zgloszenie|prosze zamknac|"
    "prosze zamknac zgloszenie",
}
YES = {"en": "yes|yep|yeah|yes it is", "fr": "oui|oui merci|oui c est ca", "pl": "tak|tak jest"}
COURTESY = {
    "en": "thanks thank you very much many so a lot now again for your the help support quick great perfect super ok "
    "okay hi hello dear best kind regards cheers everyone all team it indeed",
    "fr": "merci beaucoup bien bonjour bonsoir salut cordialement bien a vous pour votre aide maintenant parfait super "
    "ok tout l equipe de nouveau bonne journee c est",
    "pl": "dziekuje dziekujemy dzieki bardzo za pomoc juz teraz super swietnie ok dzien dobry witam pozdrawiam "
    "serdecznie z powazaniem wszystko panu pani",
}
WORDS = re.compile(r"[^\W_]+", re.UNICODE)


def fold(text: str) -> list[str]:
    """Lower-case words without accents; ł and œ as l and oe."""
    plain = text.lower().replace("ł", "l").replace("œ", "oe").replace("'", " ").replace("\u2019", " ")
    decomposed = unicodedata.normalize("NFKD", plain)
    return WORDS.findall("".join(char for char in decomposed if not unicodedata.combining(char)))


def says_solved(text: str, *, asked: bool, names: str = "") -> bool:
    """True for "thanks, solved" and its kin; `asked` says that we asked, so that "yes" counts too.

    `names` are words that may also stand there: the writer's own name under the answer.
    """
    if "?" in text or len(text) > 400:
        return False
    words = fold(text)
    if not words or len(words) > MAX_WORDS:
        return False
    signed = set(fold(names))
    return any(_all_well(words, language, asked, signed) for language in SOLVED)


def _all_well(words: list[str], language: str, asked: bool, signed: set[str]) -> bool:
    phrases = SOLVED[language].split("|") + (YES[language].split("|") if asked else [])
    found = {word for phrase in phrases if _contains(words, phrase.split()) for word in phrase.split()}
    allowed = found | set(COURTESY[language].split()) | set(YES[language].replace("|", " ").split()) | signed
    return bool(found) and all(word in allowed for word in words)


def _contains(words: list[str], phrase: list[str]) -> bool:
    size = len(phrase)
    return any(words[at : at + size] == phrase for at in range(len(words) - size + 1))
