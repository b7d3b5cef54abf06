"""What can be done to units. Each verb plans; `changing` does."""

from xiaodun.responsibility.orgs.verbs import (
    campuses,
    closing,
    founding,
    merging,
    moving,
    renaming,
    splitting,
)

__all__ = ["campuses", "closing", "founding", "merging", "moving", "renaming", "splitting"]
