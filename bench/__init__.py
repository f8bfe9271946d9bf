"""How fast an order is kept, and what it costs, beside workflows written by hand."""
