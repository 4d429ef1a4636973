"""The package's build back end: hatchling's, and before it the web UI is built. A wheel and a source distribution hold
the built files. An editable installation is left without them (`make ui` builds them): it needs no Node.
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling import build as hatchling
from hatchling.build import build_editable as build_editable
from hatchling.build import get_requires_for_build_editable as get_requires_for_build_editable

_HERE = Path(__file__).resolve().parent
_Settings = dict[str, Any] | None


def get_requires_for_build_wheel(config_settings: _Settings = None) -> list[str]:
    return [*hatchling.get_requires_for_build_wheel(config_settings), *_node()]


def get_requires_for_build_sdist(config_settings: _Settings = None) -> list[str]:
    return [*hatchling.get_requires_for_build_sdist(config_settings), *_node()]


def build_wheel(
    wheel_directory: str, config_settings: _Settings = None, metadata_directory: str | None = None
) -> str:
    _build_ui()
    return str(hatchling.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: _Settings = None) -> str:
    _build_ui()
    return str(hatchling.build_sdist(sdist_directory, config_settings))


def _tool() -> ModuleType | None:
    """`build_ui.py`; None in a source distribution, which has the built files and not their sources."""
    if not (_HERE / "build_ui.py").exists():
        return None
    if str(_HERE) not in sys.path:
        sys.path.insert(0, str(_HERE))
    import build_ui

    return build_ui


def _node() -> list[str]:
    """The wheel with Node, where the web UI must be built and the system has none."""
    tool = _tool()
    return [tool.NODE_WHEEL] if tool is not None and tool.is_stale() and tool.find_node() is None else []


def _build_ui() -> None:
    tool = _tool()
    if tool is not None and tool.main([]):
        raise RuntimeError("the web UI could not be built")
    if not (_HERE.parent / "src" / "spyglass" / "static" / "index.html").exists():
        raise RuntimeError("src/spyglass/static, the built web UI, is missing")
