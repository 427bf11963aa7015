"""The recovery plan, the drafting, the apology checker."""
