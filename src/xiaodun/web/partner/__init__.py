"""疾控: the reports that wait, the line list when there is a purpose."""
