"""Arrays in, arrays out: synthetic counties, later detection, simulation, planning. No database, no clock."""
