"""One file a network. A file here offers `Settings`, `SECRETS`, `LIMIT`, `measure` and `connect`."""
