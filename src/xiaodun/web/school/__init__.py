"""校医、疫情报告人、校长: the whole school."""
