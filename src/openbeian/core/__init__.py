"""The rules, pure: no Django, no network, no files, no clock, no chance. Values in, values out."""
