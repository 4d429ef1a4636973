"""Runs each SDK's program once per session and keeps what the server gave back for it."""

import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from .live_server import Target
from .programs import run_program
from .reading import ALL_V2_FIELDS, Json, PublicApi
from .sdk_profiles import PROFILES, Profile

SHORT_FORM = {"python-v2", "python-v5", "js-v5"}


def list_clients(names: Iterable[str]) -> list[Any]:
    """The names as parameters of a test; those of the short form carry its mark."""
    return [
        pytest.param(name, marks=pytest.mark.compat_short if name in SHORT_FORM else ()) for name in names
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """One client's run: what it says it sent, and the trace as the server has it."""

    profile: Profile
    sent: Json
    log: str
    trace: Json
    keys: dict[str, str]  # observation id -> its key in the scenario

    @property
    def observations(self) -> dict[str, Json]:
        """The trace's observations by their key in the scenario; an unknown one keeps its id as key."""
        return {self.keys.get(each["id"], each["id"]): each for each in self.trace["observations"]}

    def pick(self, *fields: str) -> dict[str, list[Any]]:
        """These fields of every observation, by key."""
        return {key: [each[name] for name in fields] for key, each in self.observations.items()}


class RunBook:
    """Gives the run of a client, running it when it is asked for the first time."""

    def __init__(self, target: Target, api: PublicApi, visibility: dict[str, float]) -> None:
        self._target, self._api, self._visibility = target, api, visibility
        self._runs: dict[str, Run | Exception] = {}

    def get(self, name: str) -> Run:
        """The run of this client; when it failed once, it fails again with the same error."""
        if name not in self._runs:
            try:
                self._runs[name] = self._run(PROFILES[name])
            except (AssertionError, RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
                self._runs[name] = error
        run = self._runs[name]
        if isinstance(run, Exception):
            raise run
        return run

    def _run(self, profile: Profile) -> Run:
        traces: list[Json] = []

        def read(sent: Json) -> None:
            counts = (profile.observation_count, profile.score_count)
            traces.append(self._api.wait_for_trace(sent["trace"], *counts, with_output=True))
            self._visibility[profile.name] = time.time() - sent["flushed_ms"] / 1000

        finished = run_program(profile.name, profile.program, self._target, on_report=read)
        sent, [trace] = finished.report, traces
        keys = {observation_id: key for key, observation_id in sent["observations"].items()}
        return Run(profile, sent, finished.log, trace, keys)

    def read_with_sdk(self, run: Run) -> Json:
        """The trace as the client's own SDK reads it."""
        return run_program(run.profile.name, run.profile.reader, self._target, run.sent["trace"]).report

    def list_v1(self, run: Run) -> dict[str, Json]:
        """The observations by the v1 list, by id."""
        page = self._api.get("/observations", traceId=run.sent["trace"], limit=100)
        return {each["id"]: each for each in page["data"]}

    def list_v2(self, run: Run) -> dict[str, Json]:
        """The observations by the v2 list with all fields, by id."""
        page = self._api.get("/v2/observations", traceId=run.sent["trace"], limit=100, fields=ALL_V2_FIELDS)
        return {each["id"]: each for each in page["data"]}
