"""A label that is split by weight, as a fleet of processes sees it, each with an SDK and a cache of its own.

Two more processes ask with the subjects that they serve, in a header of the generated client.
"""

import json
import multiprocessing
import os
import sys

from langfuse import Langfuse

NAME, PROCESSES, SUBJECTS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
MAJOR = int(os.environ["COMPAT_RUN"][-1])


def fetch_twice(answers):
    """The version that this process got, twice: the second time from its cache."""
    langfuse = Langfuse()
    answers.put([langfuse.get_prompt(NAME, label="split").version for _ in range(2)])


def fetch_for_subjects(answers):
    langfuse = Langfuse()
    api = langfuse.client if MAJOR == 2 else langfuse.api
    versions = []
    for number in range(SUBJECTS):
        options = {"additional_headers": {"X-Spyglass-Subject": f"user-{number}"}}
        versions.append(api.prompts.get(NAME, label="split", request_options=options).version)
    answers.put(versions)


def run(target, count):
    """What `count` processes put, one after the other: each begins its life anew, without a client or a cache."""
    context = multiprocessing.get_context("fork")
    found = []
    for _ in range(count):
        answers = context.SimpleQueue()
        process = context.Process(target=target, args=(answers,))
        process.start()
        found.append(answers.get())
        process.join()
    return found


print(json.dumps({"fleet": run(fetch_twice, PROCESSES), "subjects": run(fetch_for_subjects, 2)}))
