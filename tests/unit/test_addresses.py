"""Where users may send this server: the public internet, however an address is written."""

import ipaddress
from collections.abc import Sequence

import pytest

from spyglass.core.addresses import (
    address_problem,
    host_problem,
    is_within,
    network_of,
    normal_host,
    read_networks,
)
from spyglass.core.errors import Invalid, Misconfigured
from spyglass.stores.egress import Guard, read_url

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0
198.17.255.255 198.20.0.0 203.0.112.255 203.0.114.0 223.255.255.255 2606:4700:4700::1111 2001:4860:4860::8888
2a00:1450:4001::1 2001:200::1 2003::1 2400::1
"""
INNER = {
    "this network": "0.0.0.0 0.0.0.1 0.255.255.255",
    "private": "10.0.0.0 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 fc00::1 fd00:ec2::254",
    "shared with a carrier": "100.64.0.1 100.100.100.200 100.127.255.255",
    "loopback": "127.0.0.1 127.0.0.0 127.255.255.255 ::1",
    "link-local": "169.254.0.1 169.254.169.254 169.254.170.2 fe80::1 febf::1 fec0::1",
    "of a protocol": "192.0.0.1 192.0.0.170 192.52.193.1 100::1 5f00::1",
    "for documentation": "192.0.2.1 198.51.100.7 203.0.113.255 2001:db8::1 3fff::1",
    "for benchmarks": "198.18.0.1 198.19.255.255",
    "a tunnel": (
        "192.88.99.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:a9fe:a9fe 64:ff9b::7f00:1 64:ff9b::808:808 "
        "64:ff9b:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:20::1 2002:7f00:1::1 2002:a9fe:a9fe::"
    ),
    "multicast": "224.0.0.1 239.255.255.255 ff02::1 ff0e::1",
    "reserved": "240.0.0.1 255.255.255.255 4000::1 1000::1 e000::1",
    "of the cloud itself": "168.63.129.16",
}


@pytest.mark.parametrize("text", PUBLIC.split())
def test_addresses_of_the_internet_are_allowed(text: str) -> None:
    assert address_problem(ipaddress.ip_address(text)) is None


@pytest.mark.parametrize(
    ("text", "what"), [(text, what) for what, texts in INNER.items() for text in texts.split()]
)
def test_all_others_are_not(text: str, what: str) -> None:
    assert address_problem(ipaddress.ip_address(text)) == what


ELSEWHERE = """
http://127.0.0.1 https://127.0.0.1:8443/v1 http://127.0.0.1./ http://127.1 http://127.0.1 http://2130706433
http://0177.0.0.1 http://0x7f.0.0.1 http://0x7f000001 http://017700000001 http://0 http://0.0.0.0 http://0x
http://127.0.0.0x1 http://1.2.3 http://4294967295 http://08.8.8.8 http://[::1] http://[::]
http://[::ffff:127.0.0.1] http://[::ffff:7f00:1] http://[0:0:0:0:0:ffff:a9fe:a9fe] http://[64:ff9b::a9fe:a9fe]
http://[2002:a9fe:a9fe::1] http://[fe80::1%25eth0] http://[::127.0.0.1]
http://169.254.169.254/latest/meta-data/ http://168.63.129.16 http://100.100.100.200 http://[fd00:ec2::254]
http://metadata.google.internal http://METADATA.google.internal. http://metadata http://metadata.goog
http://instance-data http://metadata.azure.internal http://metadata.tencentyun.com http://localhost
http://LOCALHOST:3000 http://localhost. http://a.localhost http://db.local http://x.internal
http://kubernetes.default.svc http://api.prod.svc.cluster.local http://localhost.localdomain http://127。0。0。1
http://[::1 http://a..b http://-a.com http://a_b-.com http://exa%6dple.com http://%00 ftp://8.8.8.8
file:///etc/passwd gopher://8.8.8.8 javascript:alert(1) //8.8.8.8 8.8.8.8 http: http:// http:///x
https://user@8.8.8.8 https://user:password@8.8.8.8 https://@127.0.0.1 http://8.8.8.8@127.0.0.1
http://127.0.0.1#@8.8.8.8 http://127.0.0.1\\@8.8.8.8 http://8.8.8.8:0 http://8.8.8.8:65536 http://8.8.8.8:-1
"""


def no_names(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was resolved")


def public_names(host: str, port: int) -> Sequence[str]:
    return ["93.184.216.34", "2606:2800:220:1::1"]


@pytest.mark.parametrize(
    "url",
    ELSEWHERE.split(),
)
def test_urls_that_lead_elsewhere_are_refused_before_a_name_is_resolved(url: str) -> None:
    with pytest.raises(Invalid):
        Guard(resolve=no_names).check_url(url)


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/a b", "http://8.8.8.8/\n", "http://8.8.8.8/\x00", "http://x/" + "a" * 2000, ""]
)
def test_texts_that_are_no_url(url: str) -> None:
    with pytest.raises(Invalid):
        read_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v1",
        "http://example.com:8080",
        "https://EXAMPLE.com.",
        "https://bücher.example",
        "https://my_bucket.s3.eu-west-1.amazonaws.com",
        "http://8.8.8.8",
        "http://[2606:4700:4700::1111]:8080/",
    ],
)
def test_public_urls_are_allowed(url: str) -> None:
    Guard(resolve=public_names).check_url(url)


def test_one_bad_address_of_a_name_is_enough() -> None:
    guard = Guard(resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(
        Invalid, match=r"'example\.com' is not allowed: it is not on the public internet"
    ) as error:
        guard.check_url("https://example.com")
    assert "10.0.0.1" not in error.value.message


@pytest.mark.parametrize("found", [[], ["not an address"]])
def test_a_name_without_addresses_is_refused(found: list[str]) -> None:
    with pytest.raises(Invalid, match="cannot be resolved"):
        Guard(resolve=lambda host, port: found).check_url("https://example.com")


def test_a_resolver_that_fails_refuses() -> None:
    def fail(host: str, port: int) -> Sequence[str]:
        raise OSError("no name server")

    with pytest.raises(Invalid, match="cannot be resolved") as error:
        Guard(resolve=fail).check_url("https://example.com")
    assert "name server" not in error.value.message


class TestAllowed:
    def test_a_host_by_its_name_whatever_it_resolves_to(self) -> None:
        guard = Guard(hosts=["Ollama.internal."], resolve=lambda host, port: ["10.1.2.3"])
        guard.check_url("http://ollama.internal:11434/v1")
        with pytest.raises(Invalid):
            guard.check_url("http://ollama.internal.example.com")
        with pytest.raises(Invalid):
            guard.check_url("http://10.1.2.3")

    def test_an_address_also_behind_a_name(self) -> None:
        guard = Guard(ips=["10.1.2.3", "::1"], resolve=lambda host, port: ["10.1.2.3"])
        for url in ("http://10.1.2.3:9000", "http://minio.example", "http://[::1]"):
            guard.check_url(url)
        for url in ("http://10.1.2.4", "http://127.0.0.1", "http://167838211"):
            with pytest.raises(Invalid):
                guard.check_url(url)

    def test_a_network(self) -> None:
        guard = Guard(segments=["10.1.0.0/16", "fd00::/8"])
        for url in ("http://10.1.255.255", "http://[fd12::1]"):
            guard.check_url(url)
        for url in ("http://10.2.0.0", "http://[fc00::1]", "http://[::ffff:10.1.0.1]"):
            with pytest.raises(Invalid):
                guard.check_url(url)

    def test_credentials_and_other_schemes_never(self) -> None:
        guard = Guard(hosts=["minio"], segments=["0.0.0.0/0"])
        for url in ("http://u:p@minio", "ftp://minio", "http://u@10.0.0.1"):
            with pytest.raises(Invalid):
                guard.check_url(url)

    def test_a_list_that_cannot_be_read_stops_the_start(self) -> None:
        with pytest.raises(Misconfigured, match=r"'10\.0\.0\.300'"):
            Guard(ips=["10.0.0.300"])


def test_hosts_in_one_form() -> None:
    assert normal_host("[::1]") == "::1"
    assert normal_host("ExAmple.COM.") == "example.com"
    assert host_problem("a" * 64 + ".com") == "is not a host name"
    assert host_problem("a." * 127 + "com") == "is empty or too long"
    assert not is_within(ipaddress.ip_address("::1"), read_networks(["0.0.0.0/0"]))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_the_network_of_a_client(address: str, network: str) -> None:
    assert network_of(address) == network
