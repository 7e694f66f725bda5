"""Pages of the admin about what happens right now, which join live sessions with what PostgreSQL knows.

page       a page in the admin's frame, for those who have a permission
readings   who reads what right now, as rows; live: their page, and what is done to readings
follow     one reading, word by word: its page, and in follow_socket the socket behind it
figures    what is known of servers, queues and answers; capacity: their page
"""
