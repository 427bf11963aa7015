"""The weekly digest: its figures, its words, its mail."""
