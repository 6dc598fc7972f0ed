"""leadtui: inside-sales follow-up in the terminal.

cli/        the command line: parse, call the desk, print
app.py      the Textual application: modes, palette, signals
bootstrap   the one place that puts settings, clock and store together into a desk
screens/    one screen, one module; asks the desk, shows views
widgets/    render what they are given; never fetch
desk/       use cases, what people do; synchronous, knows no terminal
cadence/    the process itself, pure: (state, event, now) -> state
store/      the only SQL: tables, migrations, queries, the compliance log
mail/       messages out and in
data/       the default playbook, sample files and calling hours
"""

__version__ = "0.1.0"
