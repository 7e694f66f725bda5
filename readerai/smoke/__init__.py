"""A scripted child against a running server, over real HTTP and WebSocket: does a reading session work?"""
