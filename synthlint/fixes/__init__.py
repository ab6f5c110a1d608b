"""Fixes: edits for findings, the loop that applies and checks them, and atomic writes."""
