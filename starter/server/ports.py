"""Where the parts of `orders up` listen on this machine."""

import socket

from domain.errors import SettingsRefused

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do; otherwise a port left a minute ago seems taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def choose(asked: int | None, usual: int) -> int:
    """
    The port asked for, else the usual one, else any that is free.

    :raises SettingsRefused: somebody else listens on the one asked for.
    """
    if asked is None:
        return usual if is_free(usual) else any_free()
    if not is_free(asked):
        raise SettingsRefused(f"Port {asked} of this machine is taken; choose another.")
    return asked
