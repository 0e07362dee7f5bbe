"""Jobs: work done after commit, by the worker, from a queue in PostgreSQL."""
