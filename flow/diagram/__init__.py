"""A flow as a picture: a drawing of our own, and Mermaid text."""
