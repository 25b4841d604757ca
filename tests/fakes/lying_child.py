"""A confined process that a hostile file has taken over: it answers what it likes."""

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    order = json.load(sys.stdin)
    sys.stdout.buffer.write(Path(order["read"]).read_bytes())
