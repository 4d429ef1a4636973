"""Which screens there are, how each is reached, and what is particular about it."""

from dataclasses import dataclass, field

from .seed import AGENT, CHAT_SESSION, DEEP, GIANT, HOSTILE, LARGE, MEDIA, SKEWED
from .world import ORGANIZATION, SHOP

_P = f"/project/{SHOP}"
_O = f"/organization/{ORGANIZATION}"
_WEEK = "range=7d"


@dataclass(frozen=True)
class Keys:
    """Keys pressed one after the other, and what must be there afterwards (a selector)."""

    press: tuple[str, ...]
    then: str
    why: str


@dataclass(frozen=True)
class Screen:
    """`path` is the state that is drawn and restored; `empty` the same screen of the empty project."""

    id: str
    name: str
    path: str
    shows: str = ""  # a text of the loaded state
    keys: tuple[Keys, ...] = ()
    signed_in: bool = True
    reading: bool = True  # must be usable 320 px wide
    empty: str = ""
    asks: bool = True  # needs data beside what every page has
    restored: bool = True  # shows the same to everybody
    short: bool = False  # also looked at in the short form
    list: bool = False  # has the three kinds of emptiness
    writes: tuple[str, ...] = field(default=())  # buttons that a viewer must not see


def _list(id_: str, name: str) -> Screen:
    path = f"{_P}/{name}?{_WEEK}"
    return Screen(id_, name, path, list=True, empty=f"/project/{{empty}}/{name}", reading=False, short=True)


SCREENS = (
    Screen("S01", "sign in", "/auth/sign-in", "Sign in", signed_in=False, short=True),
    Screen("S02", "projects", "/?all=1", "Shop", short=True),
    Screen("S03", "new organization", "/setup", "rganization", asks=False),
    Screen("S04", "set up", f"{_P}/setup?stack=js", "@langfuse", asks=False, short=True),
    Screen("S05", "home", f"{_P}?{_WEEK}", "Traces", empty="/project/{empty}", short=True),
    _list("S06", "traces"),
    Screen("S06", "traces, filtered", f"{_P}/traces?{_WEEK}&q=level%3AERROR&sort=-latency", reading=False),
    Screen("S06", "traces, peek", f"{_P}/traces?{_WEEK}&peek={MEDIA}", reading=False),
    Screen("S07", "trace, tree", f"{_P}/traces/turn-2?observation=turn-2-llm", "answer", short=True),
    Screen(
        "S07",
        "trace, agent",
        f"{_P}/traces/{AGENT}?mode=timeline&observation={AGENT}-write%20plan",
        "search flights",
        short=True,
    ),
    Screen("S07", "trace, timeline", f"{_P}/traces/turn-2?mode=timeline&observation=turn-2-tool", short=True),
    Screen("S07", "trace, graph", f"{_P}/traces/turn-2?mode=graph"),
    Screen("S07", "trace, chat", f"{_P}/traces/turn-2?mode=chat", "Still nothing here!", short=True),
    Screen("S07", "trace, log", f"{_P}/traces/turn-2?mode=log"),
    Screen("S07", "trace, json", f"{_P}/traces/turn-2?mode=json"),
    Screen("S07", "trace with media", f"{_P}/traces/{MEDIA}?observation=media-1"),
    Screen(
        "S07",
        "trace, published",
        f"/public/traces/{MEDIA}?observation=media-1",
        "440 Hz",
        signed_in=False,
        short=True,
    ),
    Screen("S07", "trace of 50,000", f"{_P}/traces/{GIANT}"),
    Screen("S07", "trace 1,400 deep", f"{_P}/traces/{DEEP}?observation=deep-1399"),
    Screen("S07", "trace, skewed", f"{_P}/traces/{SKEWED}?mode=timeline"),
    Screen("S07", "trace, hostile", f"{_P}/traces/{HOSTILE}?observation=hostile-1", short=True),
    Screen("S07", "trace, 20 MB", f"{_P}/traces/{LARGE}?observation=large-1"),
    Screen("S07", "trace, missing", f"{_P}/traces/was-never-sent"),
    Screen("S06", "compare, choose", f"{_P}/traces/compare?a=turn-2", "Compare with which trace?"),
    Screen(
        "S06",
        "compare two traces",
        f"{_P}/traces/compare?a=turn-1&b=turn-2&span=a.turn-1-llm",
        "Change from A to B",
        keys=(
            Keys(("d",), "[role=switch][aria-checked=true], input[role=switch]:checked", "only differences"),
            Keys(("Escape",), "[role=tree]", "close the texts"),
        ),
        short=True,
    ),
    _list("S08", "observations"),
    Screen(
        "S08",
        "observations, chart",
        f"{_P}/observations?{_WEEK}&as=chart&measure=cost&by=model",
        "Cost by model",
        empty="/project/{empty}/observations?as=chart",
        reading=False,
    ),
    _list("S09", "sessions"),
    Screen("S10", "session", f"{_P}/sessions/{CHAT_SESSION}", "Still nothing here!", short=True),
    _list("S11", "users"),
    Screen("S12", "user", f"{_P}/users/grace?{_WEEK}", "grace", short=True),
    _list("S24", "scores"),
    Screen("S27", "project, general", f"{_P}/settings/general", "Shop", writes=("Save", "Delete project")),
    Screen("S27", "project, keys", f"{_P}/settings/keys", "pk-lf", writes=("Create key",), short=True),
    Screen("S27", "project, members", f"{_P}/settings/members", "owner@example.com"),
    Screen("S27", "models", f"{_P}/settings/models?find=gpt-4o", "gpt-4o-mini", short=True),
    Screen("S27", "LLM connections", f"{_P}/settings/llm-connections"),
    Screen("S27", "retention", f"{_P}/settings/retention"),
    Screen("S27", "score configs", f"{_P}/settings/score-configs"),
    Screen("S27", "ingestion", f"{_P}/settings/ingestion"),
    Screen("S27", "project, audit log", f"{_P}/settings/audit-log"),
    Screen("S28", "organization", f"{_O}", "Acme", asks=False),
    Screen("S28", "organization, members", f"{_O}/settings/members", "owner@example.com", short=True),
    Screen("S28", "organization, general", f"{_O}/settings/general", "Acme", asks=False),
    Screen("S28", "account", "/account/profile", "owner@example.com"),
    Screen("S28", "password", "/account/password"),
    Screen("S28", "devices", "/account/sessions", restored=False),
    Screen("S28", "preferences", "/account/preferences", "Theme", asks=False, short=True),
    Screen("S32", "not found", f"{_P}/no-such-page", reading=True, asks=False, short=True),
)  # fmt: skip
