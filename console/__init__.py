"""The staff's screens: the inbox, orders as support reads them, and what has stopped."""
