"""The houses that hostile mail is sent to are those of the scenarios: one for each engine."""

from tests.scenarios.conftest import blank, build, durable, house, url

__all__ = ["blank", "build", "durable", "house", "url"]
