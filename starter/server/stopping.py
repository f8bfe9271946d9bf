"""How a person or a parent process asks one of our programs to stop."""

import asyncio
import signal


def on_signals(*signals: signal.Signals) -> asyncio.Event:
    """Set once any of them has come. Of the running loop, in the main thread."""
    asked = asyncio.Event()
    for number in signals:
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked
