"""What the pages do, as documented JSON under `/api/`."""
