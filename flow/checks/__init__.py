"""What `check` looks for beyond the grammar of a flow file."""
