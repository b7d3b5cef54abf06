"""Just enough Django to draw pages, for the time when no settings of the whole house are active."""

SECRET_KEY = "only for drawing"
INSTALLED_APPS = ["django.contrib.staticfiles", "django_htmx", "xiaodun.web.page"]
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = USE_I18N = True
STATIC_URL = "/static/"
ROOT_URLCONF = "page_addresses"
