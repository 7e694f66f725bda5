"""The load test: simulated children on real sockets, and what they cost the server and lost."""
