"""What the gateway promises, tried over real sockets."""
