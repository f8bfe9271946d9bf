"""Web shops' own interfaces: their lists of orders, and what they are told of."""
