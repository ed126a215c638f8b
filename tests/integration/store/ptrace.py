"""Linux's ptrace, as far as a process that kills its children at system calls needs it."""

import ctypes
import signal

PTRACE_TRACEME, PTRACE_CONT, PTRACE_SYSCALL, PTRACE_SETOPTIONS = 0, 7, 24, 0x4200
TRACESYSGOOD, EXITKILL = 1, 1 << 20
SYSCALL_STOP = signal.SIGTRAP | 0x80

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class PtraceRefusedError(Exception):
    """This system does not let a process trace its own child."""


def ptrace(request: int, pid: int, data: int = 0) -> None:
    if _libc.ptrace(request, pid, None, data) == -1:
        raise OSError(ctypes.get_errno(), f"ptrace {request}")


def stop_at_calls(pid: int) -> None:
    """The traced process stops at every system call, and dies with its tracer."""
    ptrace(PTRACE_SETOPTIONS, pid, TRACESYSGOOD | EXITKILL)
