"""What changes while a page is open: the store's event log, told on as it grows."""
