"""系统论: the standing links of the system."""
