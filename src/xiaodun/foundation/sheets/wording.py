"""The words of every fault: code -> Chinese, English. A fault says what to do; its place stands beside it."""

from __future__ import annotations

from xiaodun.foundation.sheets.cells import MAX_CELL
from xiaodun.foundation.sheets.limits import MAX_FAULTS, MAX_FILE, MIB, SECONDS
from xiaodun.kernel.errors import Fault

_COPY_ZH = "新建一个工作簿，只把要导入的内容复制过去（选择性粘贴→数值），存为 .xlsx 再导入"
_COPY_EN = (
    "make a new workbook, copy only what is to be imported into it (paste values), save as .xlsx, try again"
)

WORDS: dict[str, tuple[str, str]] = {
    # the file
    "empty": ("文件里没有内容。填好表再导入", "the file has no content: fill in the table first"),
    "too_big": (
        f"文件超过 {MAX_FILE // MIB} MB。删掉图片，或分成几个文件",
        f"the file is larger than {MAX_FILE // MIB} MB: remove pictures or split it",
    ),
    "wrong_suffix": (
        "文件名后缀和内容对不上。用 Excel 或 WPS 打开，另存为 .xlsx 再导入",
        "the name says another format than the content: open it, save it as .xlsx, try again",
    ),
    "not_a_table": (
        "这不是表格文件。请用 .xlsx、.xls、.ods 或 .csv",
        "this is no table: use .xlsx, .xls, .ods or .csv",
    ),
    "web_page": (
        "这个文件其实是网页。用 Excel 或 WPS 打开，另存为 .xlsx 再导入",
        "this file is a web page in truth: open it in a spreadsheet, save it as .xlsx, try again",
    ),
    "encrypted": (
        "文件有打开密码。去掉密码，另存后再导入",
        "the file is protected by a password: remove it, save, try again",
    ),
    "macros": (
        "文件带宏或控件。另存为不带宏的 .xlsx 再导入",
        "the file carries macros or controls: save it as .xlsx without macros, try again",
    ),
    "external_links": (
        f"文件连着别的文件或数据源。{_COPY_ZH}",
        f"the file is linked to other files or sources: {_COPY_EN}",
    ),
    "xml_entities": (
        f"文件里有不该有的定义（DTD）。{_COPY_ZH}",
        f"the file declares a document type, which tables never need: {_COPY_EN}",
    ),
    "polyglot": (
        f"文件里夹带了表格以外的内容。{_COPY_ZH}",
        f"the file holds something besides the table: {_COPY_EN}",
    ),
    "damaged": (
        "文件不完整或已损坏。重新导出或另存为 .xlsx 再导入",
        "the file is cut off or damaged: export it again or save it as .xlsx, try again",
    ),
    "zip_bomb": (f"解压后太大。{_COPY_ZH}", f"it would be too large unpacked: {_COPY_EN}"),
    "too_many_parts": (f"文件里部件太多。{_COPY_ZH}", f"the file has too many parts: {_COPY_EN}"),
    "too_much_text": ("内容太多。分成几个文件", "too much text: split it into several files"),
    "encoding": (
        "这一行的文字编码读不出。另存为“CSV UTF-8”再导入",
        "the characters of this line cannot be read: save as CSV UTF-8, try again",
    ),
    "csv_quotes": (
        "引号不成对，从这一行起分不清单元格。另存为 .xlsx 再导入",
        "quotes do not match, cells cannot be told apart from this line on: save as .xlsx, try again",
    ),
    # the child
    "too_much_memory": (
        f"读取要用的内存太多，常见原因是表格很远的地方有内容，或文件已损坏。{_COPY_ZH}",
        "reading it needs too much memory, often because something stands far outside the table or the file is "
        f"damaged: {_COPY_EN}",
    ),
    "too_slow": (
        f"读了 {SECONDS} 秒还没读完。分成几个文件，或{_COPY_ZH}",
        f"not read within {SECONDS} seconds: split it, or {_COPY_EN}",
    ),
    "reader_died": (f"文件读到一半读不下去。{_COPY_ZH}", f"the file cannot be read to its end: {_COPY_EN}"),
    # a place in the table
    "too_many_rows": (
        "一个文件最多读到第 {max_rows} 行。删掉下面的内容，或分成几个文件",
        "a file is read up to row {max_rows}: clear what stands below or split the file",
    ),
    "too_many_columns": (
        "最多读到 {last_column} 列。删掉右边的内容",
        "columns are read up to {last_column}: clear what stands to the right",
    ),
    "too_long": (
        f"一格最多 {MAX_CELL} 个字。把内容写短",
        f"a cell holds at most {MAX_CELL} characters: shorten it",
    ),
    "digits_lost": (
        "号码太长，Excel 把它当数字，末几位已丢。把这一列设为“文本”，重新填写号码",
        "too long for a number, its last digits are lost: format the column as text and enter it again",
    ),
    "formula_text": (
        "以 = + - @ 或制表符开头的内容可能被当作公式。去掉开头的符号",
        "text that begins with = + - @, tab or CR may be run as a formula: remove that sign",
    ),
    "formula_empty": (
        "公式还没有算出结果。用 Excel 或 WPS 打开，保存后再导入",
        "the formula has no result yet: open the file in a spreadsheet, save it, try again",
    ),
    "error_cell": (
        "公式出错。改正公式或直接填写内容",
        "the formula has an error: mend it or enter the value",
    ),
    "date_range": ("不是有效日期。写成 2026-09-01", "no valid date: write it as 2026-09-01"),
    "control_character": (
        "含有看不见的控制字符。清空这一格，重新填写",
        "holds an invisible control character: clear the cell and enter it again",
    ),
    "lost_character": (
        "有字已损坏（显示为 �）。重新填写",
        "a character is lost (shown as \ufffd): enter it again",
    ),
    "more_faults": (
        f"只列出前 {MAX_FAULTS - 1} 处。改好后再导入，会列出其余的",
        f"the first {MAX_FAULTS - 1} are listed: mend them, then the others will be",
    ),
    "too_many_to_write": (
        "一张工作表最多 1048575 行。分成几个文件，或用 CSV",
        "a worksheet holds 1048575 rows: split it or use CSV",
    ),
    "too_long_to_write": (
        "一格最多 32767 个字。把内容写短，或用 CSV",
        "a cell holds 32767 characters: shorten it or use CSV",
    ),
}


def fault(code: str, where: str = "", value: str = "", **numbers: object) -> Fault:
    """The fault `sheets.<code>`; `numbers` fill the blanks of its words."""
    zh, en = WORDS[code]
    return Fault(f"sheets.{code}", zh.format(**numbers), en.format(**numbers), where, value[:40])
