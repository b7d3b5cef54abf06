"""县教育局: who has not reported, what to do first."""
