"""What goes over the wire, which is thin in the hills: the files that pages load, and how pages are sent."""

from flask import Flask

from ground.wire import assets, compression, worker

# What serves the program's own files: they are for everybody, and ask the database nothing.
ENDPOINTS = frozenset({"static", "worker"})


def init_app(app: Flask) -> None:
    """Serve the program's own files, and send pages compressed."""
    assets.init_app(app)
    worker.init_app(app)
    app.after_request(compression.compress)
