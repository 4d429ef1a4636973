"""What a page of the web UI needs to begin: who is signed in, what they may see and do."""
