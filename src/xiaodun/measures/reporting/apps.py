from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "xiaodun.measures.reporting"
    label = "reporting"
    verbose_name = "信息报送"
