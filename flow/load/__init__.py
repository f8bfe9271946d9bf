"""Reading the shop's YAML files: the only room that knows YAML."""
