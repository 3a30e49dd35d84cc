"""The end of accepting connections, with none lost that a client believes it has."""

from __future__ import annotations

import ctypes
import select
import socket
import struct
import sys
from contextlib import suppress

SO_ATTACH_FILTER = 26
BPF_RETURN_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)


def refuse_new(bound: socket.socket) -> None:
    """From now on no connection is begun with this listening socket, by whichever process; those that are, stay.

    A client that tries is refused once the socket is closed. On Linux only, where the kernel is given a filter by which
    the socket receives no packet any more; elsewhere a connection that comes at the very end may be reset.
    """
    if sys.platform != "linux":
        return
    program = ctypes.create_string_buffer(BPF_RETURN_NOTHING)
    with suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program)))


def has_waiting(bound: socket.socket) -> bool:
    """Whether connections wait to be accepted."""
    if bound.fileno() < 0:
        return False
    poll = select.poll()
    poll.register(bound, select.POLLIN)
    return bool(poll.poll(0))
