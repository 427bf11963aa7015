"""The week in figures and pictures."""
