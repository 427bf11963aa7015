"""A second look at posts that may be complaints: a small transformer that reads words in their constellation."""
