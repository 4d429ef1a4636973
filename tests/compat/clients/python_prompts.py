"""Prompts through Python `langfuse` 2 to 5, whose calls for prompts hardly changed."""

import json
import os
import socket
import time

import langfuse as sdk
from langfuse import Langfuse

RUN = os.environ["COMPAT_RUN"]
MAJOR = int(RUN[-1])
TEXT = f"{RUN}/greeting"  # a folder, so that the name has to travel percent-encoded
CHAT = f"{RUN}-interview"
COMPOSED = f"{RUN}-composed"
FIRST = "Hello {{name}}, welcome to {{ place }}. {{name}}!"
SECOND = "Hi {{name}} <b>&amp;</b> 🙂"
langfuse = Langfuse()
api = langfuse.client if MAJOR == 2 else langfuse.api


def describe(prompt):
    """A prompt as the SDK shows it."""
    return {
        "name": prompt.name,
        "version": prompt.version,
        "prompt": prompt.prompt,
        "config": prompt.config,
        "labels": sorted(prompt.labels),
        "tags": prompt.tags,
        "is_fallback": prompt.is_fallback,
        "commit_message": prompt.commit_message,
    }


def refusal(call, *arguments, **keywords):
    """[status, message] of a call that must fail."""
    try:
        return ["no error", repr(call(*arguments, **keywords))]
    except Exception as error:  # noqa: BLE001 - it is what is asked for
        body = getattr(error, "body", None)
        return [getattr(error, "status_code", None), body["message"] if body else str(error)]


def wait_for_version(version, **options):
    """Get until the SDK's cache has this version, for a few seconds."""
    deadline = time.monotonic() + 5
    while (found := langfuse.get_prompt(TEXT, **options).version) != version and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def play_text():
    first = langfuse.create_prompt(
        name=TEXT,
        type="text",
        prompt=FIRST,
        labels=["production"],
        tags=["compat", "greeting"],
        config={"temperature": 0.3, "stop": ["\n"], "nested": {"deep": None}},
        commit_message="first version",
    )
    second = langfuse.create_prompt(name=TEXT, prompt=SECOND, labels=["staging"])
    reads = {
        "default": langfuse.get_prompt(TEXT),
        "staging": langfuse.get_prompt(TEXT, label="staging"),
        "latest": langfuse.get_prompt(TEXT, label="latest"),
        "first": langfuse.get_prompt(TEXT, version=1),
    }
    return {
        "created": [describe(first), describe(second)],
        "reads": {key: describe(each) for key, each in reads.items()},
        "compiled": reads["default"].compile(name="Ada", place="Zürich"),
        "langchain": reads["default"].get_langchain_prompt(),
        "variables": sorted(set(reads["default"].variables)),
    }


def play_chat():
    """2.x knows no placeholders."""
    system, user = (
        {"role": "system", "content": "You are {{who}}."},
        {"role": "user", "content": "{{question}}"},
    )
    placeholder = [] if MAJOR == 2 else [{"type": "placeholder", "name": "history"}]
    langfuse.create_prompt(name=CHAT, type="chat", prompt=[system, *placeholder, user], labels=["production"])
    read = langfuse.get_prompt(CHAT, type="chat")
    history = [{"role": "user", "content": "Salut {{who}} 👋"}, {"role": "assistant", "content": "Bonjour."}]
    filled = {} if MAJOR == 2 else {"history": history}
    return {
        "read": describe(read),
        "compiled": read.compile(who="Ada", question="Why?", **filled),
        "unfilled": read.compile(who="Ada", question="Why?"),
        "other_type": refusal(langfuse.create_prompt, name=CHAT, prompt="text now"),
    }


def play_composed():
    def tag(rest):
        return f"@@@langfusePrompt:name={TEXT}|{rest}@@@"

    text = f"Begin. {tag('version=1')} Then: {tag('label=staging')} End."
    langfuse.create_prompt(name=COMPOSED, prompt=text, labels=["production"])
    cycle = f"@@@langfusePrompt:name={COMPOSED}|version=1@@@"
    return {
        "read": langfuse.get_prompt(COMPOSED).prompt,
        "cycle": refusal(langfuse.create_prompt, name=TEXT, prompt=cycle),
    }


def play_cache():
    """Labels move behind the SDK's back, then through the SDK itself."""
    versions = [langfuse.get_prompt(TEXT).version]
    api.prompt_version.update(TEXT, 2, new_labels=["production"])
    versions.append(langfuse.get_prompt(TEXT).version)  # from the cache
    versions.append(langfuse.get_prompt(TEXT, cache_ttl_seconds=0).version)
    updated = langfuse.update_prompt(name=TEXT, version=1, new_labels=["production", "release-1"])
    versions.append(langfuse.get_prompt(TEXT).version)  # the SDK forgot what it knew of this name
    return {"versions": versions, "labels": sorted(updated.labels), "expiry": play_expiry()}


def play_expiry():
    """A second's life: then the stale version once more, and the fresh one as soon as the SDK has fetched it."""
    options = {"label": "staging", "cache_ttl_seconds": 1}
    versions = [langfuse.get_prompt(TEXT, **options).version]
    api.prompt_version.update(TEXT, 1, new_labels=["staging"])
    versions.append(langfuse.get_prompt(TEXT, **options).version)
    time.sleep(1.1)
    versions.append(langfuse.get_prompt(TEXT, **options).version)
    return [*versions, wait_for_version(1, **options)]


def play_fallbacks():
    missing = f"{RUN}-missing"
    text = langfuse.get_prompt(missing, fallback="Fallback for {{name}}", max_retries=1)
    messages = [{"role": "user", "content": "Fallback for {{name}}"}]
    chat = langfuse.get_prompt(missing, label="beta", type="chat", fallback=messages, max_retries=1)
    report = {
        "text": describe(text),
        "chat": describe(chat),
        "compiled": [text.compile(name="Ada"), chat.compile(name="Ada")],
        "missing": refusal(langfuse.get_prompt, missing, max_retries=1),
        "version": refusal(langfuse.get_prompt, TEXT, version=99, max_retries=1),
    }
    return text, report


def play_down():
    """The same SDK, where no server answers: a fallback or an error, never a hang.

    To be called last: a second client in the process turns off the decorator that names none.
    """
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        host = {"base_url" if MAJOR >= 5 else "host": f"http://127.0.0.1:{closed.getsockname()[1]}"}
        away = Langfuse(public_key="pk-lf-away", secret_key="sk-lf-away", **host)
        options = {"max_retries": 1, "fetch_timeout_seconds": 2}
        found = away.get_prompt(TEXT, fallback="Nobody is there, {{name}}", **options)
        refused = refusal(away.get_prompt, TEXT, **options)[1]
    return [found.is_fallback, found.compile(name="Ada"), bool(refused)]


def link(prompts):
    """One generation for each prompt; gives the trace id."""
    if MAJOR == 2:
        trace = langfuse.trace(name="linked prompts")
        for name, prompt in prompts.items():
            trace.generation(name=name, prompt=prompt).end()
        return trace.id
    with langfuse.start_as_current_observation(name="linked prompts", as_type="span") as root:
        for name, prompt in prompts.items():
            root.start_observation(name=name, as_type="generation", prompt=prompt).end()
        decorated(prompts["text"])
    return root.trace_id


def decorated(prompt):
    @sdk.observe(name="decorated", as_type="generation")
    def generate():
        langfuse.update_current_generation(prompt=prompt)

    generate()


text, chat, composed, cache = play_text(), play_chat(), play_composed(), play_cache()
fallback, fallbacks = play_fallbacks()
prompts = {
    "text": langfuse.get_prompt(TEXT),
    "chat": langfuse.get_prompt(CHAT, type="chat"),
    "fallback": fallback,
}
trace_id = link(prompts)
langfuse.flush()
fallbacks["down"] = play_down()
print(
    json.dumps(
        {
            "text": text,
            "chat": chat,
            "composed": composed,
            "cache": cache,
            "fallbacks": fallbacks,
            "trace": trace_id,
        }
    )
)
