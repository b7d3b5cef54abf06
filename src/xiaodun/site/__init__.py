"""Settings, addresses, the `xiaodun` command and the demo: knows everything, known by nobody."""
