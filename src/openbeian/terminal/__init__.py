"""What people see in a terminal: sentences, tables, progress bars. Used by the commands and the demo."""
