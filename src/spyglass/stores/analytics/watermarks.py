"""How often the rows of a project have changed since this process began: two equal marks with nothing written in
between mean the same answers. Whoever writes rows raises the mark once they are written, whether that succeeded or
not; a reader takes the mark before it reads.
"""

import threading
from collections.abc import Iterable

Mark = tuple[int, int]


class Watermarks:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all = 0
        self._projects: dict[str, int] = {}

    def of(self, project_id: str) -> Mark:
        with self._lock:
            return (self._all, self._projects.get(project_id, 0))

    def rise(self, project_ids: Iterable[str]) -> None:
        with self._lock:
            for project_id in project_ids:
                self._projects[project_id] = self._projects.get(project_id, 0) + 1

    def rise_all(self) -> None:
        """For changes that do not say of which project they are."""
        with self._lock:
            self._all += 1
