"""The call panel comes at a key press: what it says, and in how many statements."""

from sqlalchemy import event

from tests.builders import a_lead
from tests.desk.acting import start


def test_a_panel_is_read_in_few_statements(desk):
    """Script and some fifty answers to objections are filled in with one reading of the lead."""
    started = start(desk, a_lead(desk, offer="contact-us"))
    said: list[str] = []

    def heard(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    with desk.context.store.read() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", heard)
    panel = desk.block.panel(started.question.id)
    event.remove(engine, "before_cursor_execute", heard)

    assert "Dana" in panel.script.opening
    assert len(panel.objections) > 5
    assert 0 < len(said) < 40, len(said)
