"""Licences as rows name them: which of them forbid commercial use, and which say nothing."""

NON_COMMERCIAL = r"(?i)(^|[^a-z])nc([^a-z]|$)|non-?commercial"
UNKNOWN = ("", "unknown", "other")
