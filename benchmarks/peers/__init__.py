"""What other libraries need of the database: an app of their tables, without migrations."""
