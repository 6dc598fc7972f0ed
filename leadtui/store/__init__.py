"""The only SQL: tables, transactions, the compliance log and the queries, on SQLite and PostgreSQL
alike."""
