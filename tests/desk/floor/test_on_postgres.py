"""On PostgreSQL everybody is who the server says, and the log takes nothing else: roles, entries,
rows, locks."""

import json
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest

from leadtui.desk.answers.given import Given
from leadtui.desk.core.people import resolve
from leadtui.desk.distribution import assigning
from leadtui.desk.floor.doctor import examine
from leadtui.desk.floor.making import NewRep, make_floor
from leadtui.desk.intake import batches
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.desk.leads import do_not_call, erasing
from leadtui.desk.playbook import notices, training
from leadtui.desk.web.posts import Post
from leadtui.errors import LeadtuiError, NotSaved, Refused
from leadtui.opening.bootstrap import open_desk
from leadtui.store.engine import postgres
from leadtui.store.engine.rows import Rows
from leadtui.store.log.auditing import verify
from tests.builders import MONDAY
from tests.desk.floor.served import Served
from tests.engines import postgres_server

__all__ = ["postgres_server"]

LEADS = b"""First Name,Last Name,Company,Email,Phone,Country,State
Jane,Okafor,Brightwater Mutual,jane@brightwater.example,+13035550199,US,CO
Tom,Weiss,Kestrel Freight,tom@kestrel.example,+13125550110,US,IL
"""


@pytest.fixture(scope="module")
def floor(postgres_server, tmp_path_factory):
    """A floor on which an import was made and one question is open."""
    served = Served(postgres_server, tmp_path_factory.mktemp("served") / "floor").make()
    with served.desk("mark") as mark:
        import_file(mark.context, LEADS, ImportOptions(offer="trade-show"))
    yield served
    served.drop()


def test_a_working_day_of_three_roles(floor):
    """Calls, memos, imports back and forth, web forms, blocks, notices and an erasure: nobody needs
    more rights than they have."""
    with floor.desk("dana") as dana, floor.desk("mira") as mira:
        with dana.context.store.read() as session:
            assert resolve(session, "", is_demo=False).login == floor.login("dana")
        for lead in (1, 2):
            assigning.assign(mira.context, lead, floor.login("dana"))
        notice = notices.publish(mira.context, "New script", "Use it.")
        dana.notices.acknowledge(notice.id)
        training.record(mira.context, "Objections", [floor.login("dana")])
        dana.tick()
        (touch,) = floor.sql("SELECT min(id) FROM touch WHERE lead_id = 1 AND state = 'open'")[0]
        started = dana.block.start(touch, out_of_turn="supervisor_asked")
        dana.confirm.keep(started.question.id, note="rang long")
        dana.confirm.answer(started.question.id, Given("yes", "NO_ANSWER", "rang long"))
        dana.confirm.take_back(dana.confirm.last().entry, "wrong_key")
        dana.confirm.answer(started.question.id, Given("yes", "NO_ANSWER", "rang long"))
        dana.block.note(1, "asked for June")
        more = import_file(dana.context, LEADS.replace(b"Tom", b"Tim"), ImportOptions(offer="demo"))
        batches.undo(mira.context, more.batch)
        do_not_call.add(dana.context, "+13125550177", "asked by letter")
        do_not_call.remove(mira.context, "+13125550177", "the letter was another's")
        erasing.erase(mira.context, 2, "asked by letter of 20 November")
        dana.distribution.send_away(
            floor.login("dana"), (day := dana.now().date() + timedelta(days=3)), day, ""
        )
        _posted(floor)
        assert [one.what for one in examine(mira.context).findings if one.severity == "error"] == []
        assert verify(mira.context.store).ok
    authors = {row[0] for row in floor.sql("SELECT recorded_by FROM log")}
    assert authors == {floor.login(who) for who in ("maker", "mark", "dana", "mira")}


def _posted(floor):
    """A form and an event come in through a marketer's server."""
    with floor.desk("mark") as mark:
        _, token = mark.web.make_source("pricing", ["demo"])
        said = {"name": "Rita Holm", "email": "rita@holm.example", "ok_call": "yes"}
        (form,) = mark.web.forms([Post(said, token)])
        (visit,) = mark.web.events([Post({"kind": "visit", "email": said["email"]}, token)])
        assert (form.kind, visit.lead_id) == ("new", form.lead_id)
        assert mark.web.revoke("pricing").events == 1


def test_the_client_does_not_say_who_it_is(floor, monkeypatch):
    """The operating system's login, and --rep, count for nothing on a real floor."""
    monkeypatch.setattr("leadtui.desk.core.people.os_login", lambda: floor.login("mira"))
    with floor.desk("dana") as dana:
        assert dana.identity.role == "rep"
        with dana.context.store.read() as session, pytest.raises(Refused, match="logged in as"):
            resolve(session, floor.login("mira"), is_demo=False)
    assert floor.sql("SELECT login FROM rep WHERE name = 'Maker'") == [(floor.login("maker"),)]


FORBIDDEN = [
    "UPDATE log SET body = '{}' WHERE seq = 1",
    "DELETE FROM log",
    "TRUNCATE log",
    "INSERT INTO log SELECT seq + 99, at, recorded_by, body, private_hash, hash FROM log",
    "MERGE INTO log USING (SELECT 1 AS one) AS s ON log.seq = s.one WHEN MATCHED THEN DELETE",
    "COPY log FROM STDIN",
    "DROP TABLE log",
    "ALTER TABLE log DISABLE TRIGGER ALL",
    "ALTER TABLE log ADD COLUMN note text",
    "CREATE TRIGGER mine BEFORE INSERT ON log EXECUTE FUNCTION log_refuse()",
    "DROP TRIGGER log_no_change ON log",
    (
        "CREATE OR REPLACE FUNCTION log_append(bigint, text, bytea, text, text, bigint) "
        "RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'"
    ),
    (
        "CREATE OR REPLACE FUNCTION log_refusal(bigint, text, boolean) RETURNS text LANGUAGE sql "
        "AS 'SELECT NULL'"
    ),
    "DROP FUNCTION log_append",
    "CREATE RULE swallow AS ON INSERT TO log DO INSTEAD NOTHING",
    "UPDATE log_meta SET log_id = decode(repeat('00', 16), 'hex')",
    "DELETE FROM log_meta",
    "DELETE FROM log_private",
    "UPDATE log_private SET text = 'other'",
    "INSERT INTO log_private (seq, salt, text) VALUES (1, '0123456789abcdef', 'never said')",
    "INSERT INTO log_private (seq, salt, text) VALUES (999999, '0123456789abcdef', 'cut')",
    "INSERT INTO beforeimage (seq, images) VALUES (999999, '[]')",
    "UPDATE beforeimage SET images = '[]'",
    "SET session_replication_role = replica",
    "SET SESSION AUTHORIZATION postgres",
    "UPDATE rep SET role = 'supervisor'",
    "UPDATE rep SET login = 'other'",
    "INSERT INTO rep (name, name_key, login, role) VALUES ('Eve', 'eve', 'eve', 'supervisor')",
    "ALTER TABLE rep DISABLE ROW LEVEL SECURITY",
    "DROP POLICY leadtui_set ON rep",
    "INSERT INTO meta (key, value) VALUES ('damage_accepted', '1')",
    "DELETE FROM meta",
    "INSERT INTO playbook (hash, files, activated_at) VALUES ('x', '{}', 0)",
    "UPDATE text SET body = ''",
    "DELETE FROM donotcall",
    "DELETE FROM obligation",
    "DELETE FROM callrecord",
    "DELETE FROM suppression",
    "INSERT INTO screening (number) VALUES ('+13125550100')",
    "UPDATE sample SET signed_at = 0",
    "INSERT INTO notice (title, body, at) VALUES ('x', 'x', 0)",
    "CREATE TABLE squat (x int)",
    "CREATE FUNCTION sha256(text) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_rep_writes_the_log_and_what_decides_in_no_other_way(floor, statement):
    """Every direct way to the log, its guards, its texts and to people, facts and playbooks is
    refused to a rep's login."""
    with pytest.raises(psycopg.Error):
        floor.sql(statement, "dana")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rep SET settings = '{}', away_until = 0 WHERE role = 'supervisor'",
        "UPDATE meta SET value = 'other' WHERE key = 'playbook'",
        "UPDATE meta SET value = '00' WHERE key = 'row_key'",
    ],
)
def test_another_persons_row_is_not_there_to_be_changed(floor, statement):
    """A rep changes what is their own; of others and of the floor no row is reached."""
    assert floor.sql(statement, "dana") == 0


def entry(floor, **said):
    """The body of an entry of Dana's, with what is forged in it."""
    (number,) = floor.sql("SELECT id FROM rep WHERE login = %s", values=(floor.login("dana"),))[0]
    body = {"actor": number, "event": "lead.note", "role": "rep", "front": "cli"}
    return json.dumps({**body, **said})


def append(floor, body, *, seq=None, salt=b"0123456789abcdef", private="", images=None):
    """Call the function as Dana would from psql; what it says."""
    (last,) = floor.sql("SELECT max(seq) FROM log")[0]
    values = (last + 1 if seq is None else seq, body, salt, private, images)
    call = "SELECT log_append(%s::bigint, %s::text, %s::bytea, %s::text, %s::text, 0::bigint)"
    try:
        floor.sql(call, "dana", values)
    except psycopg.Error as error:
        assert floor.sql("SELECT max(seq) FROM log")[0] == (last,)
        return str(error).splitlines()[0]
    return ""


FORGED = [
    ("[]", "no JSON object"),
    ("7", "no JSON object"),
    ("{'actor': 1}", "no JSON"),
    ("[" * 100_000, "no JSON"),
    ("", "no JSON"),
    ({"actor": 1}, "another person or role"),
    ({"actor": None}, "names nobody"),
    ({"actor": "1"}, "another kind"),
    ({"role": "supervisor"}, "another person or role"),
    ({"role": None}, "another kind"),
    ({"event": "lead.rewritten"}, "knows no event 'lead.rewritten'"),
    ({"event": None}, "another kind"),
    ({"event": "floor.made", "after": {"demo": True}}, "made once"),
    ({"event": "rep.added", "after": {"role": "supervisor"}}, "no event of a rep"),
    ({"event": "playbook.activated"}, "no event of a rep"),
    ({"event": "dnc.removed"}, "no event of a rep"),
    ({"event": "clock.settled"}, "no event of a rep"),
    ({"event": "person.erased", "codes": {"seqs": [1]}}, "no event of a rep"),
    ({"event": "near_duplicate.answered"}, "no event of a rep"),
    ({"seq": 1}, "part that no entry has"),
    ({"recorded_by": "mira"}, "part that no entry has"),
    ({"rows": []}, "another kind"),
    ({"subjects": "1"}, "another kind"),
    ({"subjects": {"lead": 2**64}}, "64 bits"),
    ({"subjects": {"lead": 0.5}}, "64 bits"),
    ({"codes": {"a": [[[[[[[[[[1]]]]]]]]]]}}, "too deep"),
]


@pytest.mark.parametrize(("said", "why"), FORGED, ids=lambda one: str(one)[:40])
def test_an_entry_that_is_not_the_logins_own_is_refused(floor, said, why):
    """Actor, role, event and form are checked by the server, whatever client asks."""
    body = said if isinstance(said, str) else entry(floor, **said)
    assert why in append(floor, body)


def test_an_entry_says_nothing_twice(floor):
    """A reader of the first word would be told another than a reader of the last."""
    body = entry(floor).replace("{", '{"event": "dnc.removed", ', 1)
    assert "says something twice" in append(floor, body)


def test_an_entry_stands_where_the_last_one_ends_and_its_text_is_salted(floor):
    """An entry in the place of an old one, or beyond the next, and a salt of another length."""
    body = entry(floor)
    assert "does not follow" in append(floor, body, seq=1)
    assert "does not follow" in append(floor, body, seq=10**9)
    assert "16 bytes" in append(floor, body, salt=b"", private="a memo")
    assert "16 bytes" in append(floor, body, salt=b"0123456789abcdefa", private=" memo")
    assert "a list" in append(floor, body, images='{"rep": 1}')


def test_an_honest_entry_from_psql_is_the_logins(floor):
    """Who may write entries may write their own; the server says who and when."""
    assert append(floor, entry(floor), private="by hand") == ""
    said = "SELECT recorded_by, abs(at - extract(epoch FROM now()) * 1000000) < 60000000 FROM log "
    assert floor.sql(said + "ORDER BY seq DESC LIMIT 1") == [(floor.login("dana"), True)]
    with floor.desk("mira") as mira:
        assert verify(mira.context.store).ok


def test_not_even_the_maker_inserts_beside_the_function(floor):
    """The floor's maker owns the tables and not the log, and stays no member of the role that
    does."""
    ((keeper,),) = floor.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'log'")
    others = [one for one in FORBIDDEN[:9] if one != "DROP TABLE log"]
    for statement in (*others, f"SET ROLE {keeper}"):
        with pytest.raises(psycopg.Error):
            floor.sql(statement, "maker")


def test_a_supervisor_who_did_not_make_the_floor_is_told_who_lets_people_in(floor):
    """Rights on the server are the maker's to give; nothing is half done."""
    given = {"role": "rep", "email": "", "phone": "", "team": "inside"}
    with floor.desk("mira") as mira:
        with pytest.raises(LeadtuiError, match="given by its maker"):
            mira.floor.add_rep("Eve", "postgres", **given)
        with pytest.raises(LeadtuiError, match='CREATE ROLE "no-one" LOGIN'):
            mira.floor.add_rep("Eve", "no-one", **given)
    with floor.desk("mira") as mira:
        assert "Eve" not in [one.name for one in mira.floor.reps()]


def test_somebody_who_holds_a_lock_is_said_in_time(floor, monkeypatch):
    """A transaction that stays open with the log's lock, or a table's, ends in a sentence, and
    nothing is lost."""
    monkeypatch.setattr(postgres, "PATIENCE", "200ms")
    with psycopg.connect(floor.url("ali")) as rude:
        rude.execute("SELECT pg_advisory_xact_lock(%s)", (postgres.LOCK,))
        with floor.desk("dana") as dana, pytest.raises(NotSaved, match="somebody else has held"):
            dana.block.note(1, "asked for June")
        rude.rollback()
        rude.execute("LOCK TABLE touch IN ACCESS EXCLUSIVE MODE")
        with closing(Rows(floor.url("mira"))) as rows, pytest.raises(LeadtuiError, match="held"):
            rows.all("SELECT id FROM touch")
        rude.rollback()
    with floor.desk("dana") as dana:
        dana.block.note(1, "asked for June")


def test_a_maker_who_can_make_no_roles_is_told_so_and_leaves_nothing(postgres_server, tmp_path):
    """The log would be theirs to rewrite: refused before there is a floor, and with what to do."""
    served = Served(postgres_server, tmp_path / "floor", attributes="")
    try:
        with pytest.raises(LeadtuiError, match=r"ALTER ROLE maker_.* CREATEROLE"):
            served.make()
        assert not (served.folder / "leadtui.toml").exists()
        assert served.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    finally:
        served.drop()


def test_a_password_never_gets_into_the_settings(tmp_path):
    """A floor is not made with a URL that has one; nothing is left, and nothing repeats it."""
    url = "postgresql://maker:hunter2@127.0.0.1:1/floor"
    maker = NewRep("Maker", "maker", role="supervisor")
    with pytest.raises(LeadtuiError, match="pgpass") as refused:
        make_floor(
            tmp_path / "floor", [maker], MONDAY, name="F", zone="UTC", demo=False, database=url
        )
    assert "hunter2" not in str(refused.value)
    assert not (tmp_path / "floor").exists()


def test_a_second_floor_on_one_server_has_a_keeper_of_its_own(floor, postgres_server, tmp_path):
    """Another maker, who is no member of the first floor's roles, makes one beside it."""
    second = Served(postgres_server, tmp_path / "floor").make()
    keeper = "SELECT tableowner FROM pg_tables WHERE tablename = 'log'"
    try:
        assert second.sql(keeper) != floor.sql(keeper)
        with second.desk("dana") as dana:
            assert verify(dana.context.store).ok
        with pytest.raises(LeadtuiError, match=r"belongs to nobody|does not let your login"):
            open_desk(
                str(tmp_path / "floor"),
                second.admin.replace("postgres:@", f"{floor.login('dana')}@"),
            )
    finally:
        second.drop()


def test_a_floor_of_an_older_leadtui_is_renewed_by_its_maker(floor):
    """Until then a rep is told who has to open it; afterwards the rights are those of today."""
    floor.sql("ALTER FUNCTION log_append RENAME TO log_append_today")
    floor.sql(f"GRANT INSERT ON log_private TO {floor.login('dana')}")
    with pytest.raises(LeadtuiError, match=f"let its maker .{floor.login('maker')}. open it once"):
        floor.desk("dana").__enter__()
    with floor.desk("maker"):
        pass
    with floor.desk("dana") as dana:
        dana.block.note(1, "asked for June")
    with pytest.raises(psycopg.Error, match="permission denied"):
        floor.sql(FORBIDDEN[19], "dana")


@pytest.fixture(scope="module")
def another(postgres_server, tmp_path_factory):
    """A floor of its own, for what changes leads."""
    served = Served(postgres_server, tmp_path_factory.mktemp("another") / "floor").make()
    yield served
    served.drop()


@pytest.mark.parametrize("outcome", ["NO_ANSWER", "WRONG_NUMBER", "REFERRED", "DO_NOT_CALL"])
def test_a_rep_takes_back_what_he_blocked_himself(another, outcome):
    """The block of a wrong key ends by its own answer's way back; no other does by a rep's hand."""
    number = f"+1303555{len(outcome):04}"
    given = Given("yes", outcome, colleague="Rosa Diaz")
    said = {"name": f"Jane {outcome.title()}", "company": outcome, "country": "US"}
    with another.desk("ali") as ali, another.desk("mira") as mira:
        lead = ali.intake.add("contact-us", {**said, "phone": number}).lead_id
        mira.distribution.assign(lead, another.login("ali"))
        planned = "SELECT id FROM touch WHERE lead_id = %s AND state = 'open'"
        touch = another.sql(planned, values=(lead,))[0][0]
        started = ali.block.start(touch, out_of_turn="supervisor_asked")
        ali.confirm.answer(started.question.id, given)
        ali.confirm.take_back(ali.confirm.last().entry, "wrong_key")
        ali.confirm.answer(started.question.id, given)
        assert verify(mira.context.store).ok
        if outcome == "DO_NOT_CALL":
            with pytest.raises(LeadtuiError):
                ali.do_not_call.remove(number, "the letter was another's")


def test_a_servers_clock_that_was_ahead_is_settled(another):
    """Entries carry the server's time; once that was wrong, a supervisor sets the log's back."""
    said = "SELECT pg_get_functiondef(CAST(%s AS regprocedure))"
    function = another.sql(said, values=(postgres.APPEND,))[0][0].replace("%", "%%")
    wrong = function.replace("clock_timestamp()", "clock_timestamp() + '2 years'::interval")
    with another.desk("mira") as mira, another.desk("ali") as ali:
        another.sql(wrong)
        training.record(mira.context, "Objections", [another.login("ali")])
        another.sql(function)
        ahead = another.sql("SELECT at FROM log ORDER BY seq DESC LIMIT 1")
        with pytest.raises(LeadtuiError, match="supervisor"):
            ali.audit.settle_clock("I should like it to be earlier")
        mira.audit.settle_clock("the server's battery was flat")
        training.record(mira.context, "Closing", [another.login("ali")])
        assert another.sql("SELECT at FROM log ORDER BY seq DESC LIMIT 1") < ahead
        assert verify(mira.context.store, now=mira.now()).ok
