"""The figures of the report: the front, its panel of sharing patterns, similarities of tasks."""
