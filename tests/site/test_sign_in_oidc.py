"""Another provider's word (OpenID Connect), against a real provider on the loopback: the whole code flow, and every way it can lie."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast
from tests.site import provider as other_side
from tests.site.provider import Provider

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.identities import bind_identity
from xiaodun.responsibility.accounts.models import Account, Role
from xiaodun.site import settings as installed

PASSWORD = "一句自己记得住的长话"
SIGN_IN = "/account/oidc/office"


@pytest.fixture
def there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with other_side.provider() as there:
        told = {
            "ISSUER": there.url,
            "CLIENT_ID": other_side.CLIENT_ID,
            "CLIENT_SECRET": other_side.CLIENT_SECRET,
            "NAME": "县统一认证",
        }
        settings.OIDC = told
        settings.SOCIALACCOUNT_PROVIDERS = installed._provider(told)
        yield there


@pytest.fixture
def li(cast: Cast) -> Account:
    """A class teacher with a password and with the e-mail address that the provider tells."""
    account = open_account(actor_id=None, username="li", name="李老师", password=PASSWORD)
    account.email = "li@example.org"
    account.save()
    give_duty(actor_id=None, account=account, role=Role.CLASS_REPORTER, org=cast.klass, from_day=MONDAY)
    return account


def at_the_provider(answer: HttpResponse) -> str:
    """Follow our redirect to the provider with a browser of its own; the address it sends back to, with its query."""
    away = urlsplit(answer["Location"])
    connection = http.client.HTTPConnection(away.netloc, timeout=10)
    connection.request("GET", f"{away.path}?{away.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    assert f"{back.scheme}://{back.netloc}" == "http://testserver"
    return f"{back.path}?{back.query}"


def through(client: Client, next_page: str = "") -> HttpResponse:
    """The whole way: to the provider and back."""
    answer = client.get(SIGN_IN + (f"?next={next_page}" if next_page else ""))
    return client.get(at_the_provider(answer))


def bind_own(client: Client) -> HttpResponse:
    """Bind by the pages: the press, the link, the provider, back."""
    page = client.post(reverse("bind_identity"))
    assert f'href="{SIGN_IN}"' in page.content.decode()
    return through(client)


def signed_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def as_li() -> Client:
    client = Client()
    assert client.post("/account/sign-in", {"login": "li", "password": PASSWORD}).status_code == 302
    return client


def test_a_bound_person_signs_in_and_comes_to_where_they_were_going(there: Provider, li: Account) -> None:
    bind_identity(actor=_operator(), account=li, subject="person-7")
    client = Client()
    answer = through(client, "/account/devices")
    assert answer["Location"] == "/account/devices"
    assert signed_in(client)


def _operator() -> Any:
    from xiaodun.responsibility.accounts.actor import Actor

    return Actor(0, "", ())


def test_the_sign_in_page_offers_it_only_where_it_is_set(there: Provider, li: Account, settings: Any) -> None:
    assert "用县统一认证登录" in Client().get("/account/sign-in").content.decode()
    settings.OIDC = dict.fromkeys(settings.OIDC, "")
    settings.SOCIALACCOUNT_PROVIDERS = installed._provider(settings.OIDC)
    assert SIGN_IN not in Client().get("/account/sign-in").content.decode()
    assert Client().get(SIGN_IN).status_code == 404


def test_the_signed_in_person_binds_it_and_uses_it_and_unbinds_it(there: Provider, li: Account) -> None:
    client = as_li()
    assert bind_own(client)["Location"] == "/account"
    bound = SocialAccount.objects.get(user=li)
    assert (bound.uid, bound.extra_data) == ("person-7", {})
    assert JournalRow.objects.filter(verb="identity.bind", actor_id=li.pk).count() == 1
    other = Client()
    assert through(other).status_code == 302
    assert signed_in(other)
    assert other.post(reverse("unbind_identity"))["Location"] == "/account"
    assert through(Client()).status_code == 403


def test_of_what_the_provider_tells_only_the_subject_is_kept(there: Provider, li: Account) -> None:
    bind_identity(actor=_operator(), account=li, subject="person-7")
    through(Client())
    stored = str(SocialAccount.objects.values().get(user=li))
    assert "example.org" not in stored
    assert "李老师" not in stored


def test_an_unknown_subject_is_told_what_to_do_and_nobody_is_signed_up(there: Provider, li: Account) -> None:
    n_accounts = Account.objects.count()
    client = Client()
    answer = through(client)
    assert answer.status_code == 403
    said = answer.content.decode()
    assert "identity.unknown" in said
    assert "我的账号" in said
    assert not signed_in(client)
    assert Account.objects.count() == n_accounts
    assert not SocialAccount.objects.exists()


def test_an_e_mail_address_binds_nobody(there: Provider, li: Account, settings: Any) -> None:
    """The provider tells the address that stands in our account; it counts for nothing."""
    assert li.email == "li@example.org"
    assert through(Client()).status_code == 403


def test_a_subject_belongs_to_one_account_and_an_account_has_one_subject(
    there: Provider, li: Account, cast: Cast
) -> None:
    bind_identity(actor=_operator(), account=cast.accounts["doctor"], subject="person-7")
    client = as_li()
    client.post(reverse("bind_identity"))
    shown = client.get(through(client)["Location"])
    assert "identity.taken" in shown.content.decode()
    bind_identity(actor=_operator(), account=li, subject="person-8")
    with pytest.raises(Refused, match=r"identity\.has_one"):
        bind_identity(actor=_operator(), account=li, subject="person-9")


def test_a_foreign_link_binds_nothing(there: Provider, li: Account) -> None:
    """Somebody makes the signed-in teacher's browser go the way without the press on our own page."""
    client = as_li()
    for address in (SIGN_IN, SIGN_IN + "?process=connect"):
        back = at_the_provider(client.get(address))
        assert client.get(back).status_code == 403
    assert not SocialAccount.objects.exists()


def test_the_press_counts_once(there: Provider, li: Account) -> None:
    client = as_li()
    bind_own(client)
    SocialAccount.objects.all().delete()
    assert through(client).status_code == 403
    assert not SocialAccount.objects.exists()


def test_the_second_factor_is_asked_for_all_the_same(there: Provider, li: Account) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    bind_identity(actor=_operator(), account=li, subject="person-7")
    TOTP.activate(li, generate_totp_secret())
    client = Client()
    assert through(client)["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)


def test_a_closed_account_does_not_get_in(there: Provider, li: Account) -> None:
    bind_identity(actor=_operator(), account=li, subject="person-7")
    Account.objects.filter(pk=li.pk).update(is_active=False)
    client = Client()
    assert through(client)["Location"] == reverse("account_inactive")
    assert not signed_in(client)


def other_audience(there: Provider) -> None:
    there.told = {"aud": "another-client"}


def other_party(there: Provider) -> None:
    there.told = {"aud": [other_side.CLIENT_ID, "another"], "azp": "another"}


def expired(there: Provider) -> None:
    there.told = {"exp": 1_600_000_000}


def without_expiry(there: Provider) -> None:
    there.left_out = {"exp"}


def other_issuer(there: Provider) -> None:
    there.told = {"iss": "http://127.0.0.1:1"}


def other_issuer_in_the_description(there: Provider) -> None:
    there.issuer = "http://127.0.0.1:1"


def other_nonce(there: Provider) -> None:
    there.told = {"nonce": "of another sign-in"}


def without_nonce(there: Provider) -> None:
    there.left_out = {"nonce"}


def without_subject(there: Provider) -> None:
    there.left_out = {"sub"}


def blank_subject(there: Provider) -> None:
    there.told = {"sub": "  "}


def other_key(there: Provider) -> None:
    there.signing_key = other_side.new_key()


def shared_secret(there: Provider) -> None:
    there.algorithm = "HS256"


def unsigned(there: Provider) -> None:
    there.algorithm = "none"


LIES = [
    other_audience,
    other_party,
    expired,
    without_expiry,
    other_issuer,
    other_issuer_in_the_description,
    other_nonce,
    without_nonce,
    without_subject,
    blank_subject,
    other_key,
    shared_secret,
    unsigned,
]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_token_that_is_not_right_in_every_part_signs_nobody_in(
    there: Provider, li: Account, lie: Callable[[Provider], None]
) -> None:
    bind_identity(actor=_operator(), account=li, subject="person-7")
    lie(there)
    client = Client()
    answer = through(client)
    assert answer.status_code == 401
    assert "identity.refused" in answer.content.decode()
    assert not signed_in(client)


def test_a_state_that_is_not_ours_or_was_used_signs_nobody_in(there: Provider, li: Account) -> None:
    bind_identity(actor=_operator(), account=li, subject="person-7")
    client = Client()
    back = at_the_provider(client.get(SIGN_IN))
    code = parse_qs(urlsplit(back).query)["code"][0]
    for address in (f"{SIGN_IN}/back?code={code}&state=wrong", f"{SIGN_IN}/back?code={code}"):
        answer = client.get(address)
        assert answer.status_code == 400
        assert "identity.state" in answer.content.decode()
    assert not signed_in(client)
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400


def test_another_browser_cannot_use_a_way_back_it_was_given(there: Provider, li: Account) -> None:
    """Signing somebody in as oneself: the state stands in the session that began."""
    bind_identity(actor=_operator(), account=li, subject="person-7")
    back = at_the_provider(Client().get(SIGN_IN))
    victim = Client()
    assert victim.get(back).status_code == 400
    assert not signed_in(victim)


def test_a_no_at_the_provider_is_told_as_such(there: Provider, li: Account) -> None:
    there.says_no = "access_denied"
    answer = through(Client())
    assert answer.status_code == 401
    assert "identity.cancelled" in answer.content.decode()


def test_a_provider_that_cannot_be_reached_is_told_with_the_other_way_in(
    there: Provider, li: Account, settings: Any
) -> None:
    gone = settings.OIDC | {"ISSUER": "http://127.0.0.1:9"}
    settings.SOCIALACCOUNT_PROVIDERS = installed._provider(gone)
    answer = Client().get(SIGN_IN)
    assert answer.status_code == 503
    assert "identity.unreachable" in answer.content.decode()


def test_half_a_setting_is_refused_by_name() -> None:
    told = {"ISSUER": "https://id.example.org", "CLIENT_ID": "", "CLIENT_SECRET": "s", "NAME": ""}
    with pytest.raises(SystemExit, match="XIAODUN_OIDC_CLIENT_ID"):
        installed._provider(told)
    assert installed._provider(dict.fromkeys(told, "")) == {}
