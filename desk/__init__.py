"""The approval queue: pages and an API that record decisions and never post."""
