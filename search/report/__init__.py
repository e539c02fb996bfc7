"""What people see of a search: terminal, tables, the page, a folder for each member of the front."""
