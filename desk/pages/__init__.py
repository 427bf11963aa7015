"""The pages: what a browser asks for and posts, rendered from `templates/desk/`."""
