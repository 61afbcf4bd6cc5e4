"""Only public addresses may be called for somebody outside, in whatever form they are written."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.addresses import is_reachable, parse_networks
from openbeian.core.errors import BadInputError

NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104  an address to refuse
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "2400:3200::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "ff0e::1",
    "2001:db8::1",
]
PUBLIC = ["8.8.8.8", "223.5.5.5", "2400:3200::1", "2606:4700::1111", "::ffff:223.5.5.5"]
EVERYTHING = tuple(ip_network(one) for one in ("0.0.0.0/0", "::/0"))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_may_not_be_called_unless_its_range_is_allowed(address):
    assert not is_reachable(address)
    assert is_reachable(address, EVERYTHING)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address):
    assert is_reachable(address)


@pytest.mark.parametrize("written", ["", "example.cn", "127.1", "0x7f000001", "2130706433", "1.2.3.4/8"])
def test_what_is_no_address_may_not_be_called_whatever_is_allowed(written):
    assert not is_reachable(written, EVERYTHING)


FORMS = [
    lambda v4: IPv6Address(0xFFFF_0000_0000 | v4),
    IPv6Address,
    lambda v4: IPv6Address((0x64FF9B << 96) | v4),
    lambda v4: IPv6Address((0x64FF9B << 96) | (1 << 80) | v4),
    lambda v4: IPv6Address((0x2002 << 112) | (v4 << 80)),
    lambda v4: IPv6Address((0x2001 << 112) | (0x0808_0808 << 64) | (v4 ^ 0xFFFF_FFFF)),
]


@given(
    st.sampled_from([one for one in NOT_PUBLIC if ":" not in one]),
    st.sampled_from(FORMS),
)
def test_no_form_of_ipv6_hides_an_address_that_may_not_be_called(address, form):
    assert not is_reachable(str(form(int(IPv4Address(address)))))


def test_a_range_that_is_allowed_reaches_no_further():
    allowed = parse_networks(["10.1.0.0/16", "127.0.0.1", "fd00::/64"])
    assert is_reachable("10.1.255.255", allowed)
    assert is_reachable("::ffff:10.1.0.1", allowed)
    assert is_reachable("fd00::7", allowed)
    assert not is_reachable("10.2.0.0", allowed)
    assert not is_reachable("127.0.0.2", allowed)
    assert not is_reachable("::1", allowed)
    assert is_reachable("8.8.8.8", allowed)


@pytest.mark.parametrize("written", ["10.0.0.1/8", "localhost", "", "10.0.0.0/33"])
def test_a_range_that_is_none_is_named(written):
    with pytest.raises(BadInputError, match="no range of addresses") as wrong:
        parse_networks([written])
    assert written in wrong.value.text.zh
