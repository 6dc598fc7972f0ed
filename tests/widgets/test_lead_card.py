"""A lead's card: its marks are told by sign, not by colour alone."""

from leadtui.cadence.qualification import Standing
from leadtui.desk.core.views import Fit
from leadtui.widgets.lead_card import fit_marks


def fit(short: str, standing: Standing) -> Fit:
    """A question of the qualification as the card gets it."""
    return Fit(short, short, short, "", "", "", None, "", (), standing=standing)


def test_each_answer_has_the_mark_of_what_it_does():
    """A yes, a warning, a no of either kind, and nothing known."""
    marks = fit_marks(
        (
            fit("project", Standing.PASSES),
            fit("budget", Standing.WARNS),
            fit("need", Standing.FAILS),
            fit("fit", Standing.STOPS),
            fit("rival", Standing.UNKNOWN),
        )
    )
    assert marks.plain == "project ✓ budget ! need ✗ fit ✗ rival ?"
