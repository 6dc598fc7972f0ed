"""A lead's card: its marks are told by sign, not by colour alone."""

from leadtui.desk.core.views import Fit
from leadtui.widgets.lead_card import fit_marks


def fit(short: str, answer: str, *, warns: bool = False) -> Fit:
    """A question of the qualification as the card gets it."""
    return Fit(short, short, short, answer, answer, "", None, "", (), warns)


def test_an_answer_that_the_playbook_warns_of_has_its_own_mark():
    """Known, warned of, and not known yet."""
    marks = fit_marks(
        (fit("project", "yes"), fit("budget", "planned", warns=True), fit("rivals", ""))
    )
    assert marks.plain == "project ✓ budget ! rivals ?"
