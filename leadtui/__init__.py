"""leadtui: inside-sales follow-up in the terminal.

cli/        the command line: parse, call a door of the desk, print
app.py      the Textual application: modes, palette, signals
opening/    start-up: the one composition root, the demo floor, a fast first frame
screens/    by place; ask the desk, show views
widgets/    render what they are given; never fetch
desk/       use cases, what people do, by department; synchronous, knows no terminal
sheets/     tables from outside: CSV, spreadsheets, phone records
cadence/    the process itself, pure: (state, event, now) -> state
store/      the only SQL: tables, migrations, queries, the compliance log
mail/       messages out and in
data/       the default playbook, sample files and calling hours
"""

__version__ = "0.1.0"
