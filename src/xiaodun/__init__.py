"""Xiaodun 校盾: prevention and control of infectious disease in schools."""

__version__ = "0.1.0"
