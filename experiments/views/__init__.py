"""What people see: words, tables, pictures, reports and the dashboard."""
