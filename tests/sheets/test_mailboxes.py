"""What kind of mailbox an address is, and which domains say where somebody works."""

import pytest

from leadtui.sheets.mailboxes import DISPOSABLE, ROLE, is_firms, kind_of


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("info@kern.example", ROLE),
        ("Sales@Kern.example", ROLE),
        ("no-reply@kern.example", ROLE),
        ("sales+lake@kern.example", ROLE),
        ("informatics@kern.example", ""),
        ("ada.info@kern.example", ""),
        ("ada@mailinator.com", DISPOSABLE),
        ("info@mailinator.com", DISPOSABLE),
        ("ada@gmail.com", ""),
    ],
)
def test_a_mailbox_is_known_by_what_stands_before_and_behind_the_at(address, kind):
    """Whole words before it, whole domains behind it, in any case."""
    assert kind_of(address) == kind


@pytest.mark.parametrize(
    ("domain", "firm"),
    [
        ("kern.example", True),
        ("gmail.com", False),
        ("yahoo.co.uk", False),
        ("gmx.net", False),
        ("mailinator.com", False),
        ("yahoomills.example", True),
        ("", False),
    ],
)
def test_free_and_thrown_away_domains_are_no_firms(domain, firm):
    """Who shares one of those shares no employer."""
    assert is_firms(domain) is firm
