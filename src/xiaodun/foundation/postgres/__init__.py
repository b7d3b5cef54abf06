"""The embedded PostgreSQL and what any PostgreSQL must offer us. Knows no Django.

`server.Server` starts, finds and stops the one in the wheel. `preparation` holds the SQL for roles and
privileges, for the embedded server and for a real one alike. `check.problems` says what a server lacks, with
the SQL that mends it.
"""
