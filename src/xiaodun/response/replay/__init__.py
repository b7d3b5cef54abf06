"""回放 replay: a line list lived through again, day by day, by the actions that teachers and doctors use."""
