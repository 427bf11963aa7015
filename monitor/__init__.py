"""The daemon: platforms, pipeline, sending, digest, config, the command line. Where everything is wired."""
