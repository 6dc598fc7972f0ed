"""The database itself: dialects, tables, migrations, transactions, and the entry each of them
appends."""
