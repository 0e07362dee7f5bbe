"""The OpenID provider against a real one over HTTP: the contract, and tokens that must not pass."""

from __future__ import annotations

import time

import pytest
from joserfc.jwk import OctKey

from arengo_core.contract_tests import IdentityProviderContract, journey
from arengo_core.errors import SettingsError, UnavailableError
from arengo_core.identity.contract import NotProvedError
from arengo_core.identity.oidc.metadata import Publications
from arengo_core.identity.oidc.provider import OidcProvider, make_oidc
from arengo_core.outbound.client import Outbound
from tests.core.openid import SECRET, key

SPID_L1, SPID_L2 = (f"https://www.spid.gov.it/SpidL{level}" for level in (1, 2))


def _provider(openid, networks=("127.0.0.0/8",), known=None, time_limit=60.0, **changes):
    settings, known = openid.read_settings(**changes), known or Publications()
    return OidcProvider(settings, Outbound(networks), known, time_limit=time_limit)


async def _identify(provider, openid, person="ada"):
    going = journey()
    departure = await provider.begin(going)
    answer = await openid.come_back(departure, person)
    return await provider.finish(going, departure.kept, answer)


class TestOpenIdConnect(IdentityProviderContract):
    provider = "oidc"

    @pytest.fixture
    def far_side(self, openid):
        return openid

    @pytest.fixture
    def known(self):
        return Publications()

    @pytest.fixture
    def identity_provider(self, openid, known):
        return _provider(openid, known=known)

    @pytest.fixture
    def impatient(self, openid, known):
        return _provider(openid, known=known, time_limit=1.0)


async def test_a_person_is_told_by_the_standard_claims(openid):
    openid.claims["ada"] = {"name": "Ada Prova", "email": "ada@example.it"}
    found = await _identify(_provider(openid), openid)
    assert (found.issuer, found.subject) == (openid.address, "ada")
    assert (found.name, found.email) == ("Ada Prova", "ada@example.it")
    assert (found.tax_code, found.level, found.two_factors) == ("", "", False)
    assert openid.asked["scope"] == "openid profile email"
    assert openid.asked["response_type"] == "code"
    assert len(openid.asked["nonce"]) == len(openid.asked["state"]) == 43


async def test_claims_of_spid_and_cie_are_mapped_by_the_settings(openid):
    attribute = "https://attributes.eid.gov.it/fiscal_number"
    openid.claims["_k3j"] = {
        attribute: "TINIT-RSSMRA80A01H501U",
        "given_name": "Mario",
        "familyName": "Rossi",
        "mail": "mario@example.it",
    }
    openid.bend = {"acr": SPID_L2}
    provider = _provider(
        openid,
        claims={
            "subject": attribute,
            "tax_code": attribute,
            "family_name": "familyName",
            "email": "mail",
        },
        ask_levels=[SPID_L2],
        levels=[SPID_L2],
        two_factor_levels=[SPID_L2],
    )
    found = await _identify(provider, openid, "_k3j")
    assert found.subject == "TINIT-RSSMRA80A01H501U"
    assert found.tax_code == "RSSMRA80A01H501U"
    assert (found.name, found.email) == ("Mario Rossi", "mario@example.it")
    assert (found.level, found.two_factors) == (SPID_L2, True)
    assert openid.asked["acr_values"] == SPID_L2


async def test_a_lower_level_of_assurance_is_refused(openid):
    provider = _provider(openid, levels=[SPID_L2])
    for level in (SPID_L1, None):
        openid.bend = {"acr": level}
        with pytest.raises(NotProvedError):
            await _identify(provider, openid)
    openid.bend = {"acr": SPID_L2}
    assert (await _identify(provider, openid)).two_factors is False


BENT = {
    "another nonce": {"nonce": "n" * 43},
    "no nonce": {"nonce": None},
    "another audience": {"aud": ["another-client"]},
    "another audience beside ours, and made for it": {
        "aud": ["arengo", "another-client"],
        "azp": "another-client",
    },
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://elsewhere.example"},
    "no issuer": {"iss": None},
    "over": {"exp": int(time.time()) - 3_600},
    "without an end": {"exp": None},
    "not yet": {"nbf": int(time.time()) + 3_600},
    "nobody": {"sub": None},
    "an access token of another": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("bent", BENT)
async def test_a_token_that_does_not_hold_is_refused(openid, bent):
    provider = _provider(openid)
    assert await _identify(provider, openid)
    openid.bend = BENT[bent]
    with pytest.raises(NotProvedError):
        await _identify(provider, openid)


async def test_a_token_signed_by_an_unknown_key_is_refused(openid):
    for stranger in (key("stranger"), key(openid.key.kid, of="somebody else")):
        openid.sign_with = stranger
        with pytest.raises(NotProvedError):
            await _identify(_provider(openid), openid)


async def test_a_token_signed_by_what_both_know_is_refused(openid):
    """Else whoever gets to know the client's secret signs tokens (RFC 8725, section 3.2)."""
    openid.algorithm = "HS256"
    openid.sign_with = OctKey.import_key(SECRET, {"kid": openid.key.kid})
    with pytest.raises(NotProvedError):
        await _identify(_provider(openid), openid)


async def test_keys_that_the_provider_changes_are_looked_for_once(openid):
    provider = _provider(openid)
    await _identify(provider, openid)
    await _identify(provider, openid)
    assert openid.calls.count("/jwks") == 1
    assert openid.calls.count("/.well-known/openid-configuration") == 1
    openid.key = key("second")
    assert (await _identify(provider, openid)).subject == "ada"
    assert openid.calls.count("/jwks") == 2
    openid.sign_with = key("stranger")
    with pytest.raises(NotProvedError):
        await _identify(provider, openid)
    assert openid.calls.count("/jwks") == 3


async def test_an_answer_of_another_issuer_is_refused(openid):
    provider, going = _provider(openid), journey()
    departure = await provider.begin(going)
    answer = await openid.come_back(departure, "ada")
    with pytest.raises(NotProvedError):
        await provider.finish(going, departure.kept, {**answer, "iss": "https://evil.example"})


async def test_userinfo_of_somebody_else_is_refused(openid):
    openid.claims["ada"] = {"email": "ada@example.it"}
    openid.bend = {"email": None}
    assert (await _identify(_provider(openid), openid)).email == "ada@example.it"
    openid.userinfo = {"sub": "ugo", "email": "ugo@example.it"}
    with pytest.raises(NotProvedError):
        await _identify(_provider(openid), openid)


async def test_a_provider_that_is_down_is_said_to_be(openid):
    provider = _provider(openid)
    for port in ("1", "9"):
        down = _provider(openid, issuer=f"http://127.0.0.1:{port}")
        with pytest.raises(UnavailableError):
            await down.begin(journey())
    openid.mood = "lose"
    with pytest.raises(UnavailableError):
        await provider.begin(journey())
    assert (await _identify(provider, openid)).subject == "ada"


async def test_metadata_that_speak_for_another_are_refused(openid):
    with pytest.raises(UnavailableError):
        await _provider(openid, issuer=f"{openid.address}/").begin(journey())


async def test_calls_go_where_the_installation_lets_them_go_alone(openid):
    with pytest.raises(UnavailableError):
        await _provider(openid, networks=()).begin(journey())
    assert openid.calls == []


async def test_nothing_of_the_provider_is_repeated(openid, caplog):
    provider, going = _provider(openid), journey()
    departure = await provider.begin(going)
    answer = {"state": going.state, "error": "access_denied", "error_description": "<b>boo</b>"}
    with pytest.raises(NotProvedError) as caught:
        await provider.finish(going, departure.kept, answer)
    assert "boo" not in str(caught.value)
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_id": ""}, "client_id"),
        ({"algorithms": ["HS256"]}, "algorithms"),
        ({"algorithms": ["none"]}, "algorithms"),
        ({"claims": {"telephone": "phone"}}, "claims.telephone"),
        ({"no_such_setting": 1}, "no_such_setting"),
        ({"issuer": "http://provider.example"}, "http://provider.example"),
        ({"client_secret": 7}, "client_secret"),
    ],
)
def test_settings_that_are_wrong_are_named(host, openid, changes, named):
    with pytest.raises(SettingsError) as caught:
        make_oidc(host, openid.settings(**changes))
    assert named in str(caught.value)
    assert SECRET not in str(caught.value)
