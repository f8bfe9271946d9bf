"""Those who are told what becomes of orders: shops, partners, programs."""
