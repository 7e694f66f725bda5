"""Reading: people, books, live sessions, the socket."""
