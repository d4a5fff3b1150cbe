"""Bytes into characters: which charset a label means, and what to do when it lies.

Whatever the bytes are, the answer is text that can be stored and shown: no NUL, no lone surrogate, no bare CR, and
never an exception. Only codecs of the list below are used, for some that Python has are no charsets (rot13, zlib,
idna).
"""

from __future__ import annotations

import re

from parsing.alphabets import contradicted, likely
from parsing.iso2022 import decode_iso2022_jp, is_iso2022_jp
from parsing.mojibake import mend

# the label in a mail, its letters and digits only → the codecs to try, the strict one first; many a label means a
# superset of itself, for the programs that write it do not know the difference
_LABELS: dict[str, tuple[str, ...]] = {
    "usascii": ("utf-8",),
    "ascii": ("utf-8",),
    "ansix341968": ("utf-8",),
    "unicode20utf8": ("utf-8",),
    "utf8": ("utf-8",),
    "utf7": ("utf-7",),
    "unicode11utf7": ("utf-7",),
    **{f"utf{n}": (f"utf-{n}",) for n in ("16", "16le", "16be", "32", "32le", "32be")},
    **{f"iso8859{n}": (f"iso-8859-{n}",) for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{
        f"latin{n}": (f"iso-8859-{to}",)
        for n, to in ((2, 2), (3, 3), (4, 4), (6, 10), (7, 13), (8, 14), (9, 15), (10, 16))
    },
    "iso88591": ("cp1252",),
    "latin1": ("cp1252",),
    "iso88599": ("cp1254", "iso8859-9"),
    "latin5": ("cp1254", "iso8859-9"),
    "iso885911": ("cp874", "iso8859-11"),
    "iso88598i": ("iso8859-8",),
    "iso88596i": ("iso8859-6",),
    "tis620": ("cp874", "tis-620"),
    **{f"{name}{n}": (f"cp{n}",) for name in ("windows", "win", "cp", "ibm") for n in (874, *range(1250, 1259))},
    **{f"{name}{n}": (f"cp{n}",) for name in ("cp", "ibm", "dos") for n in (437, 850, 852, 855, 857, 858, 866)},
    "koi8r": ("koi8-r",),
    "koi8": ("koi8-r",),
    "koi8u": ("koi8-u",),
    "koi8t": ("koi8-t",),
    "ptcp154": ("ptcp154",),
    "macintosh": ("mac_roman",),
    "macroman": ("mac_roman",),
    "maccyrillic": ("mac_cyrillic",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "cp936": ("gb18030",),
    "gb18030": ("gb18030",),
    "hzgb2312": ("hz",),
    "big5": ("cp950", "big5hkscs"),
    "cp950": ("cp950", "big5hkscs"),
    "big5hkscs": ("big5hkscs",),
    "shiftjis": ("cp932", "shift_jisx0213"),
    "sjis": ("cp932", "shift_jisx0213"),
    "windows31j": ("cp932",),
    "cp932": ("cp932",),
    "eucjp": ("euc-jp",),
    "iso2022jp": ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext"),
    "iso2022jp1": ("iso2022_jp_1",),
    "iso2022jp2": ("iso2022_jp_2",),
    "iso2022jp3": ("iso2022_jp_3",),
    "iso2022jpms": ("iso2022_jp", "iso2022_jp_ext"),
    "cp50220": ("iso2022_jp", "iso2022_jp_ext"),
    "iso2022kr": ("iso2022_kr",),
    "ksc56011987": ("cp949",),
    "ksc5601": ("cp949",),
    "euckr": ("cp949",),
    "cp949": ("cp949",),
    "uhc": ("cp949",),
    "johab": ("johab",),
}
_NOT_A_NAME = re.compile("[^a-z0-9]")

_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_WESTERN = frozenset({"cp1252", "iso-8859-15"})  # what programs write that do not know
_MULTIBYTE = frozenset("gb18030 cp950 cp932 cp949 hz euc-jp big5hkscs johab".split())
_SCRIPTS = _MULTIBYTE | frozenset(
    "cp874 tis-620 koi8-r koi8-u cp1251 iso-8859-5 cp866 cp1253 iso-8859-7 cp1256 iso-8859-6".split()
)
_MULTIBYTE_OF = {"iso2022_jp": ("cp932", "euc-jp"), "iso2022_kr": ("cp949",)}
_GARBLED_AT_LEAST = 3  # runs of letters that look encoded twice: who only writes about such has fewer


def codecs_for(label: str) -> tuple[str, ...]:
    """The codecs to try for a charset's label, () for a label that nobody should believe."""
    name = _NOT_A_NAME.sub("", label[:80].lower())
    return _LABELS.get(name) or _LABELS.get(name.removeprefix("x").removeprefix("cs"), ())


def decode_bytes(data: bytes, label: str = "", hint: tuple[str, ...] = ()) -> tuple[str, str]:
    """The text of `data` and how it had to be mended ("" = it was what its label says).

    The chain: a byte order mark, escapes that only ISO-2022-JP has, the label's codecs, UTF-8 (before a label that the
    bytes contradict), the likeliest legacy charset. `hint` holds labels from elsewhere in the mail.
    """
    named = codecs_for(label) if label else ()
    unknown = f"charset {label[:40]!r} is unknown" if label and not named else ""
    if data.isascii() and b"\x00" not in data and b"\x1b" not in data and not _stateful(named):
        return clean_text(data.decode("ascii")), unknown
    text, mended = _by_bytes(data, named) or _by_label(data, named) or _guessed(data, named, hint)
    text = text.removeprefix("\ufeff")
    once = mend(text, at_least=_GARBLED_AT_LEAST)
    twice = "encoded twice" if once != text else ""
    return clean_text(once), "; ".join(filter(None, (unknown, mended, twice)))


def _stateful(named: tuple[str, ...]) -> bool:
    return bool(named) and named[0].startswith(("iso2022", "utf-7", "utf-16", "utf-32", "hz"))


def _by_bytes(data: bytes, named: tuple[str, ...]) -> tuple[str, str] | None:
    """What the bytes say so clearly that no label counts: byte order marks, NULs in between, Japanese escapes."""
    for mark, codec in _BOMS:
        if data.startswith(mark) and (codec != "utf-16" or len(data) % 2 == 0 or b"\x00" in data):
            try:
                text = data.decode(codec)
            except UnicodeError:
                continue
            return text, "" if not named or named[0].startswith(codec) else f"its byte order mark says {codec}"
    if b"\x00" in data and (wide := _wide(data)):
        return data.decode(wide, "replace"), "" if named and named[0].startswith(wide[:6]) else f"read as {wide}"
    if named and named[0].startswith("iso2022_jp"):
        return _japanese(data, named)
    if is_iso2022_jp(data) and data.isascii():
        return decode_iso2022_jp(data), "read as iso-2022-jp"
    return None


def _wide(data: bytes) -> str:
    """UTF-16 told by its NULs: nearly all on one side of each pair in text that is mostly Latin."""
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 10 < len(sample) * 3 or min(even, odd) * 20 > len(sample) or len(sample) < 4:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _japanese(data: bytes, named: tuple[str, ...]) -> tuple[str, str] | None:
    for codec in named if b"\x1b" in data else ():
        try:
            return data.decode(codec), "" if codec == named[0] else f"read as {codec}"
        except UnicodeError:
            continue
    if b"\x1b" not in data and not data.isascii():
        return None
    text = decode_iso2022_jp(data)
    return text, "" if data.isascii() and b"\x1b" not in data and "$" in text else "read as iso-2022-jp of Windows"


def _by_label(data: bytes, named: tuple[str, ...]) -> tuple[str, str] | None:
    """What the label says, unless the bytes contradict it."""
    if named and named[0] != "utf-8" and is_utf8(data, at_least=2 if named[0] in _SCRIPTS else 1):
        return data.decode("utf-8"), f"read as utf-8, not {named[0]}"
    if named and named[0] in _WESTERN and (better := contradicted(data, named[0])):
        return data.decode(better, "replace"), f"read as {better}, not {named[0]}"
    for codec in named or ("utf-8",):
        try:
            text = data.decode(codec)
        except (UnicodeError, ValueError):
            continue
        if codec.startswith("utf-16") and b"\x00" not in data and data.isascii() and (b" " in data or b"\n" in data):
            continue
        return text, "" if not named or codec == named[0] else f"read as {codec}"
    return None


def is_utf8(data: bytes, *, at_least: int = 1) -> bool:
    """True when every byte beyond ASCII is part of UTF-8, in at least so many runs."""
    try:
        data.decode("utf-8")
    except UnicodeError:
        return False
    runs = _HIGH_RUN.finditer(data)
    return all(next(runs, None) is not None for _ in range(at_least))


def _guessed(data: bytes, named: tuple[str, ...], hint: tuple[str, ...]) -> tuple[str, str]:
    """What to make of bytes that their label can not read."""
    if is_utf8(data) or (data.isascii() and named and named[0].startswith("utf")):
        return data.decode("utf-8"), "read as utf-8"
    if named and named[0].startswith("iso2022") and b"\x1b" not in data:
        codec = likely(data, _MULTIBYTE_OF.get(named[0], ()))
        return data.decode(codec, "replace"), f"read as {codec}"
    if named and named[0] != "utf-8" and (named[0] in _MULTIBYTE or _stateful(named) or _few_broken(data, named[0])):
        # most of it is what the label says; one broken character must not turn the rest into another alphabet
        return data.decode(named[0], "replace"), f"some bytes are not {named[0]}"
    hints = tuple(codec for label in hint for codec in codecs_for(label)[:1])
    if (not named or named[0] == "utf-8") and (lines := _mixed(data, hints)) is not None:
        return lines
    codec = likely(data, hints)
    return data.decode(codec, "replace"), f"read as {codec}"


def _few_broken(data: bytes, codec: str) -> bool:
    high = sum(map(len, _HIGH_RUN.findall(data)))
    return data.decode(codec, "replace").count("\ufffd") * 4 <= high


def _mixed(data: bytes, hints: tuple[str, ...]) -> tuple[str, str] | None:
    """UTF-8 with other lines in it (a foot, an older program's quotation, a cut end); None when there is no UTF-8."""
    good: list[str | None] = []
    bad: list[bytes] = []
    lines = data.split(b"\n")
    for line in lines:
        try:
            good.append(line.decode("utf-8"))
        except UnicodeError:
            good.append(None)
            bad.append(line)
    rest = b"\n".join(bad)
    if rest.decode("utf-8", "replace").count("\ufffd") * 2 <= _sequences(rest):
        return data.decode("utf-8", "replace"), "some bytes are not utf-8"
    if not any(line is not None and not line.isascii() for line in good):
        return None
    codec = likely(rest, hints)
    text = "\n".join(
        line.decode(codec, "replace") if read is None else read for line, read in zip(lines, good, strict=True)
    )
    return text, f"some lines read as {codec}"


def _sequences(data: bytes) -> int:
    """How many characters beyond ASCII are whole in UTF-8."""
    return sum(char >= "\x80" for char in data.decode("utf-8", "ignore"))


def clean_text(text: str) -> str:
    """LF as the only line end; NUL and lone surrogates as U+FFFD; every other control character but TAB gone."""
    if text.isascii() and "\r" not in text and text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if _ODD.search(text) is None:
        return text
    return _ODD.sub(_mend, _BREAKS.sub("\n", text))


def _mend(found: re.Match[str]) -> str:
    char = found.group()
    return "\ufffd" if char == "\x00" or "\ud800" <= char <= "\udfff" else ""
