"""Orders of the past, played through a flow on the virtual clock: what would have become of them?"""
