"""Replies that people type in German, judged by the pack alone: a language that came as a folder."""

import pytest

from responders.check import Checker

CHECKER = Checker.shipped()


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("Ihr Paket kam fünf Tage zu spät.", "acknowledgement"),
        ("Das war unser Fehler, und es tut mir leid.", "regret responsibility"),
        ("Wie ärgerlich das ist, kann ich gut verstehen.", "empathy"),
        ("Ich prüfe, warum das passiert ist.", "explanation"),
        ("Ich melde mich morgen bei Ihnen.", "next_steps"),
        ("Ich will das für Sie in Ordnung bringen, schreiben Sie uns bitte per DM.", "amends private_channel"),
        ("Vielen Dank für Ihre Nachricht und einen schönen Tag!", ""),
    ],
)
def test_what_a_german_reply_holds(text: str, components: str) -> None:
    """Each component is known by its words; thanks are none."""
    findings = CHECKER.check(text)
    assert (findings.language, set(findings.components)) == ("de", set(components.split()))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Es tut uns leid, falls Sie verärgert sind.", "conditional"),
        ("Es tut uns leid, aber so sind die Fahrpläne.", "but"),
        ("Daran ist der Paketdienst schuld.", "blame_shift"),
        ("Das war nur ein kleiner Fehler.", "minimise"),
        ("Das liegt am hohen Aufkommen.", "excuse"),
        ("Aus Kulanz bekommen Sie Ihr Geld zurück.", "favour"),
        ("Schicken Sie uns hier Ihre Bestellnummer.", "public_details"),
        ("Wir bitten um Ihr Verständnis.", "boilerplate"),
        ("Sie bekommen 20 Euro von uns.", "public_money"),
    ],
)
def test_what_spoils_a_german_reply(text: str, fault: str) -> None:
    """Each of the faults that people fall into is known by its words."""
    assert fault in CHECKER.check(text, language="de").faults
