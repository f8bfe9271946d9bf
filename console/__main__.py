"""
The console of `orders up`, a program of its own.

    python -m console PORT
"""

import sys

from console.serve import Address, main
from starter.server.ports import LOOPBACK

if __name__ == "__main__":
    port = int(sys.argv[1])
    main(Address(LOOPBACK, port, f"http://{LOOPBACK}:{port}"))
