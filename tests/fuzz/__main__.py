"""python -m tests.fuzz [SECONDS]: growth first, then atheris for that long (180), on a corpus that is kept in .fuzz.

Exit code 1 when a fragment's cost grows too steeply or a mail breaks a promise; the mail lies in .fuzz then.
"""

from __future__ import annotations

import importlib.util
import logging
import subprocess
import sys
from pathlib import Path

from tests.fuzz.growth import IN_FIELDS, IN_HTML, IN_MIXED, IN_TEXT, too_steep
from tests.parsing import golden, hostile
from tests.parsing.trees import CHARSETS

FOLDER = Path(".fuzz")
LARGEST_SEED = 4096


def seeds() -> list[bytes]:
    """Mails from which the run starts: golden ones, and the hostile ones that are small."""
    plain = [mail.raw for mail in golden.REPLIES.values()] + list(golden.FORWARDS.values())
    charsets = [hostile.mail(f"Content-Type: text/plain; charset={name}\n", words) for name, words in CHARSETS.items()]
    found = [*plain, *charsets, *(make().raw for make in hostile.cases().values())]
    return [raw for raw in found if len(raw) <= LARGEST_SEED]


def escaped(fragment: str) -> str:
    """As libFuzzer wants a word of its dictionary."""
    return "".join(f"\\x{octet:02x}" for octet in fragment.encode())


def guided(seconds: int) -> int:
    """The exit code of atheris; 0 with a word when it is not installed."""
    if importlib.util.find_spec("atheris") is None:
        print("skipped: the package atheris is not there for this Python")
        return 0
    corpus = FOLDER / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(seeds()):
        (corpus / f"seed-{number}").write_bytes(raw)
    words = (FOLDER / "words.dict").resolve()
    words.write_text("".join(f'"{escaped(fragment)}"\n' for fragment in (*IN_FIELDS, *IN_TEXT, *IN_HTML, *IN_MIXED)))
    limits = [
        f"-dict={words}",
        f"-max_total_time={seconds}",
        f"-max_len={LARGEST_SEED}",
        "-timeout=10",
        "-rss_limit_mb=1024",
    ]
    command = [sys.executable, "-m", "tests.fuzz.target", str(corpus), *limits, f"-artifact_prefix={FOLDER}/"]
    return subprocess.run([*command, "-verbosity=0", "-print_final_stats=1"], check=False).returncode


def main() -> int:
    logging.disable(logging.CRITICAL)
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 180
    steep = too_steep()
    print(f"growth: {len(steep)} fragments grow too steeply", flush=True)
    return 1 if steep or guided(seconds) != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
