"""The service worker, by which a page can be opened without a network: what it is told of this release.

What it does stands in `static/offline/worker.js`; pages that need it register it (`static/offline/pages.js`).
It lies at the root, as it answers for the pages at and below its own address only.
"""

import json

from flask import Flask, url_for
from werkzeug.wrappers import Response

from ground.wire.assets import all_assets, current_version

SCRIPT = "offline/worker.js"


def release(root: str) -> str:
    """The script that names the version, the files below `root`, and what to do with them."""
    told = {"version": current_version(), "root": root, "files": list(all_assets())}
    return f"self.RELEASE = {json.dumps(told)};\nimportScripts({json.dumps(root + SCRIPT)});\n"


def send_worker() -> Response:
    """The script, which browsers ask for anew: it is another one with each release."""
    response = Response(release(url_for("static", filename="")), mimetype="text/javascript")
    response.cache_control.public = True
    response.cache_control.no_cache = True
    return response


def init_app(app: Flask) -> None:
    """Serve it at the root."""
    app.add_url_rule("/worker.js", "worker", send_worker)
