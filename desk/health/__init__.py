"""How Amends itself does: platforms, pauses, the model, and what machines ask."""
