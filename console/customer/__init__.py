"""The page of an order for whoever bought it: no log-in, a link that nobody guesses, and few words."""
