"""Books, orders, customers and stock for other programs."""
