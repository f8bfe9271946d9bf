"""The other side of the wire, as strict as the real one."""
