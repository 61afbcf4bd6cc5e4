"""Signing in through an OpenID Connect provider: only who was entered here, by a verified address."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from openbeian.portal.accounts.models import User
from openbeian.portal.environment import openid_origins, openid_providers
from tests.portal.factories import Cast
from tests.portal.pages.world import html_of
from tests.simulators.openid import CLIENT, SECRET, OpenIdProvider

pytest.importorskip("jwt", reason="PyJWT reads the provider's tokens")


@pytest.fixture
def provider(settings) -> Iterator[OpenIdProvider]:
    with OpenIdProvider() as running:
        settings.SOCIALACCOUNT_PROVIDERS = openid_providers(
            running.address, client=CLIENT, secret=SECRET, name="统一身份", production=False
        )
        yield running


def _through(provider: OpenIdProvider):
    client = Client(headers={"accept-language": "en"})
    assert "Sign in through 统一身份" in html_of(client.get("/accounts/login/"))
    away = client.post("/accounts/oidc/sso/login/")
    assert away.url.startswith(f"{provider.address}/authorization?")
    return client, client.get(provider.sign_in(away.url).removeprefix("http://testserver"))


def test_somebody_entered_here_comes_in_by_their_verified_address(cast: Cast, provider):
    provider.email = cast.gd_preparer.email
    client, answer = _through(provider)
    assert answer.url == "/work/"
    assert cast.gd_preparer.name in html_of(client.get("/work/"))
    (asked,) = provider.asked
    assert asked["client_secret"] == [SECRET]
    assert asked["code_verifier"]
    assert SocialAccount.objects.get().user == cast.gd_preparer


@pytest.mark.parametrize(("email", "is_verified"), [("stranger@example.com", True), (None, False)])
def test_nobody_else_comes_in_and_nobody_is_entered(cast: Cast, provider, email, is_verified):
    provider.email, provider.is_verified = email or cast.gd_preparer.email, is_verified
    before = User.objects.count()
    client, answer = _through(provider)
    page = client.get(answer.url) if answer.status_code == 302 else answer
    assert "You have no account here" in html_of(page)
    assert client.get("/work/").status_code == 302
    assert User.objects.count() == before


def test_the_second_factor_is_asked_for_all_the_same(cast: Cast, provider):
    provider.email = cast.gd_reviewer.email
    Authenticator.objects.create(user=cast.gd_reviewer, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client, answer = _through(provider)
    assert answer.url == "/accounts/2fa/authenticate/"
    assert client.get("/work/").status_code == 302


def test_a_sign_in_that_was_cancelled_or_forged_ends_with_a_sentence(cast: Cast, provider):
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/oidc/sso/login/")
    assert "did not succeed" in html_of(client.get("/accounts/oidc/sso/login/callback/?code=x&state=forged"))


def test_without_a_provider_there_is_no_such_way(cast: Cast):
    client = Client()
    assert "oidc" not in html_of(client.get("/accounts/login/"))
    assert client.post("/accounts/oidc/sso/login/").status_code == 404


def test_a_provider_half_set_up_or_without_https_stops_the_start():
    assert openid_providers("", client="", secret="", name="", production=True) == {}
    with pytest.raises(ImproperlyConfigured, match="set all three, or none"):
        openid_providers("https://id.example", client="x", secret="", name="", production=False)
    with pytest.raises(ImproperlyConfigured, match="https://"):
        openid_providers("http://id.example", client="x", secret="y", name="", production=True)
    made = openid_providers("https://id.example/r", client="x", secret="y", name="", production=True)
    assert made["openid_connect"]["APPS"][0]["name"] == "id.example"
    assert openid_origins(made) == ["https://id.example"]
