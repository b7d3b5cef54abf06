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
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "xiaodun.foundation",
    "xiaodun.responsibility.orgs",
    "xiaodun.responsibility.accounts",
    "xiaodun.responsibility.roster",
    "xiaodun.responsibility.tasks",
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
# Lock one account on one device after five misses: never a whole school behind one address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "user_agent"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "xiaodun.site.faults.locked"
# By default allauth lets 30 sign-ins a minute come from one address: a school at 07:30 is one address.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "120/m/ip,10/5m/key"}

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_FAILURE_VIEW = "xiaodun.site.faults.csrf"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
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
