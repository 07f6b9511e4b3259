"""port, targetPort, nodePort: from the client to the container."""
