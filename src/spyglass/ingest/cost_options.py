"""The switches of what is made of tokens and costs beyond what is reported."""

from dataclasses import dataclass

from spyglass.core.options import option


@dataclass(frozen=True)
class Config:
    """What is counted where nothing, or the same twice, is reported."""

    double_counting_guard: bool = option(
        True,
        "An observation whose tokens are exactly those of all that lies below it (an agent that repeats its calls) "
        "adds nothing to the sums of its trace",
    )
    estimate_tokens: bool = option(
        True,
        "Count the tokens of a generation that reports neither usage nor cost, where the tokenizer of its model is "
        "known; what is counted is marked as estimated",
    )
