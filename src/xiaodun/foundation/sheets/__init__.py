"""Tables that people send and take away: XLSX, XLS, ODS and CSV. Knows no Django and no pupil.

`reading.read_sheet` gives the cells as text; what a hostile or damaged file can do happens in a child process
with limits (`child`, `limits`, `parse`; formats in `archive`, `workbook`, `worksheet`, `older`, `delimited`).
`writing` and `template` make tables out of `columns.Column`; `cells` says what a cell's text is, both ways.
"""
