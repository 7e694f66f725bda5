"""The tests of live sessions once more, on a Redis Cluster of three nodes, and what a cluster adds."""
