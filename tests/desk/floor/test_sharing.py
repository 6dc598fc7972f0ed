"""A floor that several accounts of a machine share."""

import os
import stat

import pytest

from leadtui.desk.floor.doctor import examine
from leadtui.desk.floor.sharing import group_id, share
from leadtui.errors import LeadtuiError
from tests.builders import a_desk, a_floor, a_lead, own_drafts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="groups are POSIX's")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_shared_floor_stays_the_groups(tmp_path):
    """Folders hand the group on, files are the group's, and so are the database's helpers that come
    later."""
    import grp

    floor = a_floor(tmp_path / "floor")
    name = grp.getgrgid(os.getgid()).gr_name
    own_drafts(floor)
    share(floor, group_id(name))
    desk = a_desk(floor)
    a_lead(desk)
    helpers = [path for path in floor.iterdir() if path.name.startswith("leadtui.db")]

    assert mode(floor) == 0o3770
    assert mode(floor / "playbook" / "cadences") == 0o2770
    assert mode(floor / "leadtui.toml") == 0o640
    assert len(helpers) == 3
    assert {mode(path) for path in helpers} == {0o660}
    assert {path.stat().st_gid for path in floor.rglob("*")} == {os.getgid()}
    assert not any(
        "may open it" in one.what or "may not write" in one.what
        for one in examine(desk.context).findings
    )
    desk.close()


def test_a_group_must_exist():
    """The sentence says how to make one."""
    with pytest.raises(LeadtuiError, match="no such group"):
        group_id("no-such-group-here")


def test_a_parent_that_keeps_the_group_out_is_told(tmp_path):
    """A floor in a closed home folder is of no use to the others."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    floor = a_floor(home / "floor")
    own_drafts(floor)
    remarks = share(floor, os.getgid())

    assert any(str(home) in remark for remark in remarks)
