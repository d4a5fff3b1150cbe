"""Small desks for the tests of this folder."""

from importlib.resources import files

from rules.loader import load_desk
from rules.policy import Policy

DESK = """\
desk: palo
name: Palo Support
address: support@palo.example
people:
  marie: {name: Marie Petit, mail: marie@palo.example}
"""


def default_texts() -> dict[str, str]:
    """The files of the ready-made desk, as they are shipped."""
    folder = files("rules") / "desks" / "default"
    return {name: (folder / name).read_text("utf-8") for name in ("desk.yaml", "rules.yaml")}


def palo(more: str = "", rules: str = "") -> Policy:
    """The policy of DESK with more lines below it."""
    return load_desk({"desk.yaml": DESK + more, "rules.yaml": rules}, folder="desks/palo")


def palo_with_rule(when: str) -> Policy:
    """DESK with one rule, whose `when` is this flow mapping; it makes the category billing."""
    return palo(rules=f"rules:\n  - rule: Tried\n    when: {when}\n    then: {{category: billing}}\n")
