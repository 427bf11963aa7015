"""The `amends` command, one file a group of commands."""
