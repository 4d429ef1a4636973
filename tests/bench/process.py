"""What a server process costs, read from /proc: processor time, memory; and what its files take on disk."""

import os
import re
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PART = re.compile(r"^(\w+?)_(\d+)_(\d+)_(\d+)$")


def read_cpu_s(pid: int) -> float:
    """User and system time of the process and of the children that it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(fields[index]) for index in (11, 12, 13, 14)) / _TICKS


def read_rss_mb(pid: int, *, peak: bool = False) -> float:
    """Resident memory now, or the most since the process began."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status, re.M)
    assert found, status
    return int(found[1]) / 1024


def read_disk_bytes(folder: Path, *, settled: bool) -> int:
    """Bytes of all files; `settled` leaves out table parts that a merge has replaced and that wait to be removed."""
    total = 0
    for path, names, files in os.walk(folder):
        if settled:
            names[:] = [name for name in names if not _is_replaced(name, names)]
        for file in files:
            try:
                total += os.stat(os.path.join(path, file)).st_blocks * 512
            except FileNotFoundError:
                continue  # merged away while we looked
    return total


def _is_replaced(name: str, siblings: list[str]) -> bool:
    one = _PART.match(name)
    if one is None:
        return name.startswith("tmp_")
    for sibling in siblings:
        two = _PART.match(sibling)
        if two is None or sibling == name or two[1] != one[1]:
            continue
        if int(two[2]) <= int(one[2]) and int(two[3]) >= int(one[3]) and int(two[4]) > int(one[4]):
            return True
    return False


def describe_machine() -> str:
    cpu = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    memory = re.search(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.M)
    assert memory
    return (
        f"{len(os.sched_getaffinity(0))} cores {cpu[1] if cpu else 'unknown'}, "
        f"{int(memory[1]) / 1048576:.0f} GB, Linux {os.uname().release}"
    )
