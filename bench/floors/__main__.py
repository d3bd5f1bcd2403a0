"""Serve the floors on DATABASE_URL, as the program is served."""

import argparse
import os

from bench.floors.views import make
from ground.server import serving


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--processes", type=int, required=True)
    chosen = parser.parse_args()
    app = make(os.environ["DATABASE_URL"])
    serving.serve(app, serving.listen("127.0.0.1", chosen.port), chosen.processes)


if __name__ == "__main__":
    main()
