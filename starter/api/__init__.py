"""The doors for machines: payment gateways that tell us something by themselves."""
