"""The JSON door: F40-F44 of the reliability reference, and the way to stored text and back."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spyglass.core.errors import Invalid
from spyglass.core.jsontext import (
    cut_deeper,
    exceeds_depth,
    loads,
    read_text,
    replace_lone_surrogates,
    to_text,
)


def nest(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def nest_objects(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


class TestDepth:
    @pytest.mark.parametrize("build", [nest, nest_objects])
    def test_a_hundred_levels_pass_and_one_more_does_not(self, build) -> None:
        assert to_text(loads(build(100))).encode() == build(100)
        with pytest.raises(Invalid, match="deeper than 100 levels"):
            loads(build(101))

    @pytest.mark.parametrize("depth", [950, 5_000, 100_000])
    def test_extreme_depth_is_invalid(self, depth: int) -> None:
        with pytest.raises(Invalid, match="deeper than 100 levels"):
            loads(nest(depth))

    def test_brackets_in_text_do_not_count(self) -> None:
        document = json.dumps({"a": "[" * 500 + '"' + "{" * 500 + "\\"}).encode()
        assert loads(document)["a"].startswith("[[[")

    def test_width_does_not_count(self) -> None:
        document = b"[" + b",".join([b'[{"a":[]}]'] * 10_000) + b"]"
        assert len(loads(document)) == 10_000
        assert not exceeds_depth(document, 4)
        assert exceeds_depth(document, 3)

    @given(st.recursive(st.text('[]{}"\\a'), lambda x: st.lists(x) | st.dictionaries(st.text('[{"a'), x)))
    def test_it_agrees_with_a_plain_count(self, value) -> None:
        def depth(item: object) -> int:
            if isinstance(item, dict):
                return 1 + max((depth(v) for v in item.values()), default=0)
            if isinstance(item, list):
                return 1 + max((depth(v) for v in item), default=0)
            return 0

        raw = json.dumps(value).encode()
        for limit in range(4):
            assert exceeds_depth(raw, limit) == (depth(value) > limit)


class TestCut:
    def test_only_what_is_too_deep_is_emptied(self) -> None:
        document = b'{"a": [ {"b": [1, {"c": 2}]}, "[[[" ], "d": [[[]]], "e\\"{": 1}'
        assert cut_deeper(document, 2) == b'{"a": [ {}, "[[[" ], "d": [[]], "e\\"{": 1}'
        assert cut_deeper(document, 5) == document

    def test_siblings_of_extreme_depth_stay(self) -> None:
        document = b'{"a":1,"b":' + nest_objects(100_000) + b',"c":' + nest(5_000) + b"}"
        cut = cut_deeper(document, 50)
        assert loads(cut, max_depth=51)["a"] == 1
        assert exceeds_depth(cut, 50)

    def test_what_never_ends_is_still_malformed(self) -> None:
        assert cut_deeper(b'{"a":' + nest(9)[:9], 3) == b'{"a":[[['
        assert cut_deeper(b"[" * 100_000, 3) == b"[[[["

    def test_too_much_to_look_at(self) -> None:
        with pytest.raises(Invalid, match="deeper than 9 levels"):
            cut_deeper(b"[" * 2_000_000, 9)

    @given(st.recursive(st.text('[]{}"\\a'), lambda x: st.lists(x) | st.dictionaries(st.text('[{"a'), x)))
    def test_the_result_is_always_a_document(self, value) -> None:
        raw = json.dumps(value).encode()
        for limit in range(1, 4):
            cut = cut_deeper(raw, limit)
            json.loads(cut)
            assert not exceeds_depth(cut, limit + 1)
            assert (cut == raw) or exceeds_depth(raw, limit)


class TestMalformed:
    @pytest.mark.parametrize(
        "document",
        [b"", b"{", b'{"a":1}x', b"[1,]", b"01", b"nul", b'"\\u12"', b'"\\x"', b'"\t"', b"\xef\xbb\xbf{}"],
    )
    def test_it_is_invalid(self, document: bytes) -> None:
        with pytest.raises(Invalid):
            loads(document)

    @pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity", b'{"a":[NaN]}', b"[1e400,NaN]"])
    def test_nan_and_infinity_are_invalid(self, word: bytes) -> None:
        with pytest.raises(Invalid):
            loads(word)

    @pytest.mark.parametrize("document", [b'"a\xff"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b'{"\xff":1}'])
    def test_invalid_utf8_is_invalid(self, document: bytes) -> None:
        with pytest.raises(Invalid, match="UTF-8"):
            loads(document)

    def test_the_message_says_where(self) -> None:
        with pytest.raises(Invalid, match=r"byte 9"):
            loads(b'{"a":tru}')


class TestSurrogates:
    @pytest.mark.parametrize(
        ("document", "value"),
        [
            (rb'"\ud800"', "\ufffd"),
            (rb'"a\uDC00b"', "a\ufffdb"),
            (rb'"\udc00\ud800"', "\ufffd\ufffd"),
            (rb'"\ud83d\ude00"', "😀"),
            (rb'"\ud83d\ud83d\ude00"', "\ufffd😀"),
            (rb'"\ud83d"', "\ufffd"),
            (rb'"\\ud800"', "\\ud800"),
            (rb'"\\ud800\udc00"', "\\ud800\ufffd"),
            (rb'"\\\ud800"', "\\\ufffd"),
            (rb'"\\\\ud83d\\ude00 \ud83d"', "\\\\ud83d\\ude00 \ufffd"),
            (rb'{"k\ud800":1}', {"k\ufffd": 1}),
        ],
    )
    def test_lone_ones_become_the_replacement_character(self, document: bytes, value: object) -> None:
        assert loads(document) == value
        assert loads(replace_lone_surrogates(document)) == value

    def test_a_text_with_lone_surrogates_is_invalid_utf8(self) -> None:
        with pytest.raises(Invalid, match="UTF-8"):
            loads('"\ud800"')

    def test_a_clean_document_is_returned_itself(self) -> None:
        document = rb'"\ud83d\ude00 \\ud800"'
        assert replace_lone_surrogates(document) is document

    @given(st.text(st.sampled_from(["\\", "\ud83d", "\ude00", "u", "d", "a", "\n", '"']), max_size=12))
    def test_it_agrees_with_the_standard_library(self, text: str) -> None:
        expected = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        assert loads(json.dumps(text).encode()) == expected


class TestNumbers:
    def test_the_safe_integer_and_its_successor_are_exact(self) -> None:
        assert loads(b"[9007199254740993, -9007199254740993]") == [2**53 + 1, -(2**53) - 1]

    def test_four_hundred_digits_are_exact(self) -> None:
        assert loads(b"1" * 400) == int("1" * 400)

    def test_numbers_out_of_range_become_text(self) -> None:
        assert loads(b'{"a":[1e400,-1e400,1.5,2]}') == {"a": ["1e400", "-1e400", 1.5, 2]}
        assert loads(b"[" + b"7" * 5000 + b"]") == ["7" * 5000]

    def test_a_surrogate_beside_a_huge_number(self) -> None:
        assert loads(rb'[1e400,"\ud800"]') == ["1e400", "\ufffd"]

    def test_minus_zero(self) -> None:
        assert math.copysign(1, loads(b"-0.0")) == -1


class TestToText:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, ""),
            ("", ""),
            ("a\x00b", "a\x00b"),
            (True, "true"),
            (1.5, "1.5"),
            ({"a": [1, None, "é"]}, '{"a":[1,null,"é"]}'),
            (math.nan, "NaN"),
            ([math.nan, math.inf, -math.inf, None], '["NaN","Infinity","-Infinity",null]'),
            (2**70, "1180591620717411303424"),
            ({"a": 2**70}, '{"a":1180591620717411303424}'),
            ({"a": "x\ud800"}, '{"a":"x\ufffd"}'),
        ],
    )
    def test_values(self, value: object, text: str) -> None:
        assert to_text(value) == text


class TestReadText:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("", ""),
            ("hello", "hello"),
            ("true", True),
            (" null ", None),
            ("nullable", "nullable"),
            ("12", 12),
            ("12 apples", "12 apples"),
            ("-", "-"),
            ("1.10", 1.1),
            ("9007199254740991", 9007199254740991),
            ("9007199254740992", "9007199254740992"),
            ('{"a":[9007199254740993,1]}', {"a": ["9007199254740993", 1]}),
            ('{"a":"9007199254740993"}', {"a": "9007199254740993"}),
            ("1e400", "1e400"),
            ("NaN", "NaN"),
            ("7" * 5000, "7" * 5000),
            ('"quoted"', "quoted"),
            ('"open', '"open'),
            ("{not json}", "{not json}"),
            ("[1,2] and more", "[1,2] and more"),
            ('\n [1, {"a": null}]\n', [1, {"a": None}]),
            ("   ", "   "),
            (r'["\ud800"]', r'["\ud800"]'),
        ],
    )
    def test_values(self, text: str, value: object) -> None:
        assert read_text(text) == value
        assert type(read_text(text)) is type(value)

    def test_what_is_too_deep_stays_text(self) -> None:
        assert read_text(nest(100).decode()) != nest(100).decode()
        assert read_text(nest(101).decode()) == nest(101).decode()
        assert read_text(nest(100_000).decode()) == nest(100_000).decode()

    @given(st.text())
    def test_it_never_raises(self, text: str) -> None:
        read_text(text)


@given(st.binary(max_size=60) | st.text('[]{}"\\u0dD8,:1e.-tfn ', max_size=40).map(str.encode))
def test_any_bytes_parse_or_are_invalid(data: bytes) -> None:
    try:
        value = loads(data)
    except Invalid:
        return
    to_text(value).encode()


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=5), x, max_size=4),
    ).filter(lambda v: v is not None)
)
def test_a_value_survives_the_round_trip(value: object) -> None:
    assert read_text(to_text(value)) == value
    assert loads(to_text(value)) == value
