"""The crash run: the gateway is killed at random under load, and the sending client and the sink are the judges."""
