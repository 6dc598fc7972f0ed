"""A small playbook that passes the check, and ways to change one file of it."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

FILES = {
    "playbook.toml": """name = "Test floor"
vendor = "Halyard"
product = "Failover"
[fields]
docs_link = "https://docs.halyard.example"
[business_hours]
mon = ["09:00-17:00"]
""",
    "offers.toml": """[[offer]]
key = "trial"
label = "Trial"
at_once = true
strength = 40
""",
    "activity-tree.toml": """[[rule]]
when = { offer = "trial", employees = ">= 200" }
cadence = "trial"

[[rule]]
cadence = "nurture"
""",
    "personas.toml": """[[persona]]
name = "c_level"
label = "Executive"
titles = ["chief *", "cio"]

[[persona]]
name = "other"
label = "Other"
titles = ["*"]
""",
    "stages.toml": """[[stage]]
key = "inquiry"
label = "Inquiry"
pipeline = "marketing"

[[stage]]
key = "nurturing"
label = "Nurturing"
pipeline = "marketing"

[[stage]]
key = "mql"
label = "Qualified by marketing"
pipeline = "marketing"

[[stage]]
key = "prospect"
label = "Prospect"
pipeline = "sales"
""",
    "dispositions.toml": """[[disposition]]
key = "1"
code = "NO_ANSWER"
label = "No answer"
contact = false

[[disposition]]
key = "2"
code = "BUSY"
label = "Busy"
contact = false
then = ["retry", "step"]
delay = "30 minutes"
retries = 1
""",
    "calling.toml": """[preferred]
mon = ["08:30-17:30"]
[limits]
max_attempts_24h = 3
[consent]
needs = ["DE"]
[screening]
GB = 28
[override]
codes = [{ code = "supervisor", label = "Agreed with the supervisor", key = "s" }]
""",
    "calling/legal-hours.toml": """dated = 2026-01-31
[[region]]
code = "*"
rule = "general hours"
week = { mon = ["08:00-20:00"], sat = ["10:00-12:00", "13:00-24:00"] }
[[region]]
code = "US-AL"
rule = "US-AL hours"
holidays = false
week = { mon = ["08:00-20:00"] }
""",
    "sla.toml": """[[rule]]
when = { offer = "trial" }
minutes = 240
from_planned = true
""",
    "scoring.toml": """[[rule]]
name = "Large"
part = "fit"
when = { employees = ">= 200" }
points = 20
""",
    "routing.toml": """[[rule]]
to = "team:inside"
method = "round_robin"
""",
    "qualification.toml": """profile = "ours"
[[question]]
profile = "ours"
key = "project"
label = "Is there a project?"
short = "project"
answers = { yes = "Yes", no = "No" }
passes = ["yes"]
[[question]]
profile = "bant"
key = "need"
label = "Is there a need?"
short = "need"
answers = { yes = "Yes", no = "No" }
passes = ["yes"]
""",
    "reasons.toml": """[[reason]]
kind = "no"
code = "no_time"
label = "Ran out of time"
key = "1"
""",
    "cadences/trial.toml": """name = "trial"
title = "Software trial"
goal = "evaluate"
on_finish = "nurture"
on_exhausted = ["nurture"]

[dates]
trial_ends = "start + 14 days"

[[step]]
id = "welcome"
channel = "email"
by = "system"
at = "start"
on_closed_day = "keep"
title = "Welcome"
email = "welcome"

[[step]]
id = "call-1"
channel = "call"
at = "start + 24 hours"
title = "First call"
script = "first-call"
when = { engagement = ">= 20" }

[[step]]
id = "last-note"
channel = "email"
at = "trial_ends - 2 business days"
at_time = "09:00"
on_closed_day = "previous"
title = "Last note"
email = "welcome"
until_contact = true
""",
    "cadences/nurture.toml": """name = "nurture"
title = "Nurture"
goal = "warm-up"
stage = "nurture"
on_finish = { close = "silent" }

[[step]]
id = "letter"
channel = "letter"
at = "start + 1 month"
title = "A letter"
letter = "hello"
""",
    "emails/welcome.md": """+++
title = "Welcome"
subject = "Your $product trial"
cadences = ["trial"]
+++
Hello $first_name,

the documentation is at $docs_link and costs $$0.
""",
    "letters/hello.md": "+++\ntitle = 'Hello'\n+++\nDear ${first_name},\n",
    "scripts/first-call.md": """+++
title = "First call"
+++
## Open

Good morning $first_name.

## A: works

Fine.

## B: got stuck

Where?

## Voicemail

$rep_name here.
""",
    "objections/price.md": "+++\ntitle = 'Too expensive'\n+++\nCompared with what?\n",
}


def files(changes: dict[str, str | None] | None = None) -> dict[str, str]:
    """The playbook with files replaced; ``None`` takes one out."""
    return {path: text for path, text in {**FILES, **(changes or {})}.items() if text is not None}


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """The playbook with one passage of one file replaced."""
    assert old in FILES[path]
    return files({path: FILES[path].replace(old, new)})
