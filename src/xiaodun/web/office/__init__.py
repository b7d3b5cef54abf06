"""教务与系统管理: rosters, units through time, duties, why somebody sees something."""
