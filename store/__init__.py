"""The only SQL: the Ledger, the reports' queries, and the schema's history."""
