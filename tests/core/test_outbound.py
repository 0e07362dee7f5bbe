"""Calls to addresses that people enter: only where the program may go, whatever the name says."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from arengo_core.errors import InvalidInputError
from arengo_core.outbound.addresses import may_reach, networks_of
from arengo_core.outbound.client import Outbound, OutboundTransport

NOWHERE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "100.100.100.200", "168.63.129.16", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::",
)  # fmt: skip


@pytest.mark.parametrize("address", NOWHERE)
def test_what_is_not_the_public_internet_is_not_reached(address):
    assert not may_reach(ip_address(address), 443, ())


def test_the_public_internet_is_reached_at_ports_of_the_web():
    for address in ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"):
        for port in (80, 443, 8443):
            assert may_reach(ip_address(address), port, ())
        for port in (22, 25, 111, 445):
            assert not may_reach(ip_address(address), port, ())


def test_a_named_network_is_reached_and_its_neighbour_is_not():
    named = networks_of(["10.20.0.0/16", "fd12::/16"])
    assert may_reach(ip_address("10.20.3.4"), 22, named)
    assert may_reach(ip_address("::ffff:10.20.3.4"), 22, named)
    assert may_reach(ip_address("fd12::1"), 443, named)
    assert not may_reach(ip_address("10.21.3.4"), 443, named)
    assert not may_reach(ip_address("127.0.0.1"), 443, named)


@pytest.mark.parametrize(
    "url",
    [
        "", "nonsense", "ftp://example.it/", "file:///etc/passwd", "http://example.it/",
        "https://", "https://localhost/", "https://a.localhost/", "https://127.0.0.1/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/x", "https://192.168.0.10:8443/",
        "https://example.it:22/", "https://user:secret@example.it/", "https://x:99999/",
        "https://169.254.169.254/latest/meta-data",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_refused_as_it_is_typed(url):
    with pytest.raises(InvalidInputError) as refused:
        Outbound().check(url, field="url")
    assert refused.value.field == "url"


def test_an_address_that_may_be_called_is_taken():
    for url in ("https://example.it/hook?x=1", "https://example.it:8443/", "https://93.184.216.34"):
        assert Outbound().check(f" {url} ", field="url") == url
    intranet = Outbound(["10.0.0.0/8"])
    assert intranet.check("http://10.1.1.1:81/x", field="url") == "http://10.1.1.1:81/x"


class Web:
    """A server of raw answers, and how many connections it got."""

    def __init__(self):
        self.calls = 0
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
        self.drip = b""

    async def __call__(self, reader, writer):
        self.calls += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
            while self.drip:
                writer.write(self.drip)
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()


@pytest.fixture
async def web():
    """``serve(ssl=None)``: a server on 127.0.0.1; answers it and its port."""
    servers = []

    async def serve(context=None):
        site = Web()
        server = await asyncio.start_server(site, "127.0.0.1", 0, ssl=context)
        servers.append(server)
        return site, server.sockets[0].getsockname()[1]

    yield serve
    for server in servers:
        server.close()


@pytest.fixture
async def names(monkeypatch):
    """A name server of the test's: each name's answers, one list a question, the last for ever."""
    book = {}
    kind = type(asyncio.get_running_loop())
    ask = kind.getaddrinfo

    async def answer(self, host, port, **options):
        if host not in book:
            return await ask(self, host, port, **options)
        found = book[host].pop(0) if len(book[host]) > 1 else book[host][0]
        return [(2, 1, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(kind, "getaddrinfo", answer)
    return book


async def test_a_loopback_server_gets_no_connection_unless_its_network_is_named(web):
    site, port = await web()
    for url in (
        f"http://127.0.0.1:{port}/",
        f"http://localhost:{port}/",
        f"http://2130706433:{port}/",
    ):
        with pytest.raises(httpx.ConnectError):
            await Outbound().send("GET", url)
        with pytest.raises(httpx.ConnectError):
            await Outbound().send("GET", url.replace("http:", "https:"))
    assert site.calls == 0
    answer = await Outbound(["127.0.0.0/8"]).send("GET", f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.body, site.calls) == (200, b"hello", 1)


async def test_a_redirect_leads_nowhere_else(web):
    inner, inner_port = await web()
    outer, port = await web()
    to = f"http://127.0.0.2:{inner_port}/secret"
    outer.answer = f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()
    own = Outbound(["127.0.0.1/32"])
    answer = await own.send("GET", f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.headers["location"]) == (302, to)
    async with httpx.AsyncClient(transport=own.transport(), follow_redirects=True) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/")
    assert inner.calls == 0


async def test_a_name_of_a_private_address_is_refused_even_beside_a_public_one(web, names):
    site, port = await web()
    names["evil.example"] = [["127.0.0.1"]]
    names["mixed.example"] = [["93.184.216.34", "127.0.0.1"]]
    for host in names:
        with pytest.raises(httpx.ConnectError, match="may not be called"):
            await Outbound().send("GET", f"https://{host}:{port}/")
    assert site.calls == 0


async def test_a_name_that_changes_between_look_and_call_is_refused(web, names):
    site, port = await web()
    names["rebound.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    with pytest.raises(httpx.ConnectError, match="may not be called"):
        await Outbound(["127.0.0.2/32"]).send("GET", f"http://rebound.example:{port}/")
    assert site.calls == 0


async def test_what_is_longer_slower_or_compressed_is_given_up(web):
    site, port = await web()
    url = f"http://127.0.0.1:{port}/"
    own = Outbound(["127.0.0.0/8"])
    site.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b"x" * 900000
    with pytest.raises(httpx.ReadError):
        await own.send("GET", url, longest_answer=100_000)
    packed = gzip.compress(b"0" * 5_000_000)
    site.answer = (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    ).encode() + packed
    with pytest.raises(httpx.DecodingError):
        await own.send("GET", url)
    site.answer, site.drip = b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b"x"
    async with asyncio.timeout(60):
        with pytest.raises(httpx.TimeoutException):
            await own.send("GET", url, time_limit=0.5)


def _certificate(folder, host):
    """A server's context for a name, and the file of its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


async def test_the_certificate_is_of_the_name_not_of_the_address(web, names, tmp_path):
    context, file = _certificate(tmp_path, "shop.example")
    _, port = await web(context)
    names["shop.example"] = names["other.example"] = [["127.0.0.1"]]
    trust = ssl.create_default_context(cafile=str(file))
    transport = OutboundTransport(networks_of(["127.0.0.0/8"]), verify=trust)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        assert (await client.get(f"https://shop.example:{port}/")).text == "hello"
        with pytest.raises(httpx.ConnectError, match="certificate"):
            await client.get(f"https://other.example:{port}/")


async def test_a_gateways_address_is_looked_at_as_it_is_entered(host):
    from arengo_payments.gateways.providers import make_stripe

    gateway = make_stripe(host, {"secret_key": "sk_test_x", "api_base": "http://127.0.0.1:9"})
    assert isinstance(gateway._transport, OutboundTransport)
    with pytest.raises(InvalidInputError):
        host.outbound.check("https://10.0.0.1/", field="api_base")
