"""What the web UI shows of one trace, one session, one user; and where an id leads."""
