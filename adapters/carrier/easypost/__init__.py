"""Parcels of any carrier, followed by EasyPost's trackers."""
