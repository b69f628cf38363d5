"""Pages for the browser, each one file that needs nothing else: the report, the trends."""
