"""Settings: every value that may differ between installations is read from the environment and refused by name if senseless."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict


def _text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def _flag(name: str) -> bool:
    value = _text(name, "0")
    if value not in ("0", "1"):
        raise SystemExit(f"error settings.flag environment:{name}: {value}: use 0 or 1 只能填 0 或 1")
    return value == "1"


def _number(name: str, default: int) -> int:
    text = _text(name, str(default))
    if not text.isdecimal():
        raise SystemExit(f"error settings.number environment:{name}: {text}: give a whole number 填整数")
    return int(text)


def _choice(name: str, words: tuple[str, ...], default: str) -> str:
    value = _text(name, default)
    if value not in words:
        raise SystemExit(
            f"error settings.choice environment:{name}: {value}: one of {' '.join(words)} 只能填其中一个"
        )
    return value


def _provider(told: dict[str, str]) -> dict[str, Any]:
    """allauth's entry for the one provider that the environment names; empty where it names none."""
    if not any(told.values()):
        return {}
    missing = [f"XIAODUN_OIDC_{name}" for name, value in told.items() if not value and name != "NAME"]
    if missing:
        raise SystemExit(f"error settings.oidc environment:{' '.join(missing)}: : set all of them 都要填")
    app = {
        "provider_id": OIDC_PROVIDER,
        "name": told["NAME"] or told["ISSUER"],
        "client_id": told["CLIENT_ID"],
        "secret": told["CLIENT_SECRET"],
        "settings": {"server_url": told["ISSUER"], "oauth_pkce_enabled": True, "scope": ["openid"]},
    }
    return {"openid_connect": {"APPS": [app]}}


def _database(url: str) -> dict[str, Any]:
    parts = {k: str(v) for k, v in conninfo_to_dict(url).items()}
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    entry: dict[str, Any] = {key: parts.pop(word, "") for key, word in known.items()}
    return entry | {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts | {"server_side_binding": True},
        # Two test runs on one server need two names.
        "TEST": ({"TEMPLATE": "template0"} if _flag("XIAODUN_TEMPLATE0") else {})
        | ({"NAME": name} if (name := _text("XIAODUN_TEST_DB")) else {}),
    }


def _seal_keys(text: str) -> dict[int, bytes]:
    """`1:hex,2:hex` -> key id -> 16 bytes or more. The highest id seals, the lowest makes the blind indexes."""
    keys = {}
    for entry in filter(None, text.split(",")):
        number, _, key = entry.partition(":")
        try:
            keys[int(number)] = bytes.fromhex(key)
        except ValueError:
            keys[-1] = b""
    if any(not 0 < number < 256 or len(key) < 16 for number, key in keys.items()):
        raise SystemExit(
            "error settings.seal_keys environment:XIAODUN_SEAL_KEYS: (hidden): give 1:HEX,2:HEX with 32 digits or more 填 1:十六进制密钥"
        )
    return keys


OIDC_PROVIDER = "office"  # its name in addresses and rows, whoever it is

DEMO = _flag("XIAODUN_DEMO")
DEBUG = False
SECRET_KEY = _text("XIAODUN_SECRET_KEY") or secrets.token_urlsafe(50)
SEAL_KEYS = _seal_keys(_text("XIAODUN_SEAL_KEYS"))
ALLOWED_HOSTS = [
    host for host in _text("XIAODUN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",") if host
]
HTTPS = _flag("XIAODUN_HTTPS")
VAR = Path(_text("XIAODUN_VAR", "var"))

# The application's own role by default; the owner's only to prepare the database (see site/prepare.py).
_url = _text("DATABASE_OWNER_URL") if _flag("XIAODUN_AS_OWNER") else _text("DATABASE_URL")
DATABASES = {"default": _database(_url or "dbname=xiaodun")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "xiaodun.foundation",
    "xiaodun.responsibility.orgs",
    "xiaodun.responsibility.accounts",
    "xiaodun.responsibility.roster",
    "xiaodun.responsibility.tasks",
    "xiaodun.measures.consents",
    "xiaodun.measures.checks",
    "xiaodun.measures.health",
    "xiaodun.measures.reporting",
    "xiaodun.measures.partners",
    "xiaodun.response.outbreaks",
    "xiaodun.response.signals",
    "xiaodun.web.page",
    "xiaodun.web.classroom",
    "xiaodun.web.school",
    "xiaodun.web.bureau",
    "xiaodun.web.partner",
    "xiaodun.web.office",
    "xiaodun.web.family",
    "xiaodun.api",
    "xiaodun.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads each answer at random, so that its length tells nothing
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "xiaodun.site.urls"
WSGI_APPLICATION = "xiaodun.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # First ours: allauth brings pages of the same names.
        "DIRS": [Path(__file__).resolve().parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ]
        },
    }
]

# ---- who signs in ----
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "front"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "xiaodun.responsibility.accounts.adapter.ClosedDoor"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # a one-time link from the office

# Misses are counted by account and device, with wider budgets for devices nobody has signed in from (accounts/lockout.py
# holds the numbers). axes keeps the rows; a miss while waiting is not counted, or an attacker could shut an account for good.
AXES_HANDLER = "xiaodun.responsibility.accounts.lockout.Budgets"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "user_agent"]]
AXES_USERNAME_CALLABLE = "xiaodun.responsibility.accounts.lockout.typed_name"
AXES_CLIENT_IP_CALLABLE = "xiaodun.responsibility.accounts.adapter.client_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "xiaodun.site.faults.locked"
# allauth's own limits are disarmed: by address they would stop a school at 07:30 (one address), by account alone they would
# lock a teacher out of her own telephone because somebody guesses elsewhere.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reauthenticate": None}
# How many proxies of ours stand in front: the address of a client is read past them, or all of the county would be one.
ALLAUTH_TRUSTED_PROXY_COUNT = _number("XIAODUN_PROXIES", 1 if HTTPS else 0)

# ---- second factor ----
# required: duties of a county and above, and the operator's, open only after a second factor. offered: everybody may, nobody must.
SECOND_FACTOR = _choice("XIAODUN_SECOND_FACTOR", ("required", "offered"), "offered" if DEMO else "required")
SECOND_FACTOR_URL = "second_factor"
CONFIRM_URL = "account_reauthenticate"
FRESH_MINUTES = 15  # before persons are exported, or one's own way in is changed
MFA_ADAPTER = "xiaodun.responsibility.accounts.adapter.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "xiaodun.responsibility.accounts.codes.CodeForm",
    "reauthenticate": "xiaodun.responsibility.accounts.codes.ConfirmCodeForm",
    "activate_totp": "xiaodun.responsibility.accounts.codes.FirstCodeForm",
}
MFA_TOTP_ISSUER = "Xiaodun"
MFA_TOTP_PERIOD = 30
MFA_TOTP_TOLERANCE = (
    1  # a telephone's clock may be half a minute off; each code counts once all the same (codes.py)
)
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Our own doors ask for a fresh proof (accounts/doors.py), with a sign-in counting as one.
MFA_REAUTHENTICATION_REQUIRED = SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = False

# ---- another provider of identity (OpenID Connect); nothing set = there is none ----
OIDC = {name: _text(f"XIAODUN_OIDC_{name}") for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "NAME")}
SOCIALACCOUNT_ADAPTER = "xiaodun.responsibility.accounts.identities.BoundOnly"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: a form that leads to another site is stopped by the CSP
SOCIALACCOUNT_PROVIDERS = _provider(OIDC)

SESSION_COOKIE_AGE = 12 * 3600  # and no longer, however busy
IDLE_MINUTES = 30  # for county and above, and the operator
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_FAILURE_VIEW = "xiaodun.site.faults.csrf"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 9_000_000  # the photo of a certificate never lies on a disk unsealed
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

# ---- words and time ----
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ---- files ----
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# ---- background work ----
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

SILENCED_SYSTEM_CHECKS = ["axes.W006"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
