"""Web shops at the door: what they tell us, what we ask them, and what becomes of it."""
