"""Calls to addresses that others name reach public places only, whatever a name resolves to."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from openbeian.core.addresses import parse_networks
from openbeian.portal.outbound import AddressRefusedError, allowed_networks, check_address, guarded_connector

LOOPBACK = parse_networks(["127.0.0.1"])


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://127.1:8000/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0.0.0.0/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://service.localhost/",
        "http://metadata.google.internal/",
        "http://printer.local/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://999.1.1.1/",
    ],
)
def test_an_address_inside_is_refused_as_it_is_written(address):
    with pytest.raises(AddressRefusedError, match="not public"):
        check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.cn",
        "ftp://example.cn/",
        "file:///etc/passwd",
        "http://",
        "http://a:b/",
        "http://[/",
        "http://a\n/",
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(AddressRefusedError, match="no address that can be called"):
        check_address(address)


def test_an_address_with_a_password_is_refused_and_the_password_is_not_repeated():
    with pytest.raises(AddressRefusedError, match="must not carry") as refused:
        check_address("https://me:geheim@example.cn/")
    assert "geheim" not in str(refused.value)


def test_public_addresses_are_taken_and_those_the_office_allows(settings):
    check_address("https://channel.example.cn/v1")
    check_address("https://223.5.5.5:8443/v1")
    check_address("http://0xyz.example.cn/")
    settings.BEIAN_OUTBOUND_ALLOWED = ["127.0.0.0/8", "10.1.0.0/16"]
    assert [str(one) for one in allowed_networks()] == ["127.0.0.0/8", "10.1.0.0/16"]
    check_address("http://localhost:8000/")
    check_address("http://10.1.2.3/")


class Rebinding(AbstractResolver):
    """A name that is public when it is looked at first, and this machine afterwards."""

    def __init__(self, port: int) -> None:
        self.answers = iter(["127.0.0.1", "127.0.0.3"])
        self.port = port

    async def resolve(self, host, port=0, family=socket.AF_INET):  # noqa: ARG002  as aiohttp asks
        return [
            {
                "hostname": host,
                "host": next(self.answers),
                "port": self.port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
        ]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def _site() -> AsyncIterator[int]:
    async def answer(request: web.Request) -> web.Response:
        if target := request.query.get("to"):
            raise web.HTTPFound(target)
        return web.Response(text="here", headers={"Connection": "close"})

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site._server.sockets[0].getsockname()[1]
    finally:
        await runner.cleanup()


def test_a_connection_is_made_only_to_the_address_that_was_checked():
    async def everything() -> None:
        async with _site() as port:
            here = f"http://127.0.0.1:{port}/"
            await _refused((), here)
            await _refused((), f"http://localhost:{port}/")
            assert await _asked(LOOPBACK, here) == "here"
            # A redirect is a connection like any other.
            await _refused(LOOPBACK, f"{here}?to=http://127.0.0.2:{port}/")
            await _refused(LOOPBACK, f"http://[::ffff:127.0.0.2]:{port}/")

    asyncio.run(everything())


def test_a_name_that_resolves_to_something_else_the_second_time_gains_nothing():
    async def both() -> None:
        async with _site() as port:
            connector = guarded_connector(LOOPBACK)
            connector._resolver = Rebinding(port)
            async with aiohttp.ClientSession(connector=connector) as session:
                async with session.get("http://channel.example.cn/") as response:
                    assert await response.text() == "here"
                with pytest.raises(aiohttp.ClientConnectorError, match=r"127\.0\.0\.3 is not public"):
                    await session.get("http://channel.example.cn/")

    asyncio.run(both())


async def _asked(allowed, address: str) -> str:
    async with (
        aiohttp.ClientSession(connector=guarded_connector(allowed)) as session,
        session.get(address) as got,
    ):
        return await got.text()


async def _refused(allowed, address: str) -> None:
    with pytest.raises(aiohttp.ClientConnectorError, match="is not public"):
        await _asked(allowed, address)
