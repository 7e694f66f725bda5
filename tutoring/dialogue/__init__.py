"""The child is asked, too: one dialogic prompt from the page just heard, and a reply to the answer. Pure.

`making.prompt_of` makes the prompt, the same for a whole class; `judging.reply_to` answers the child. No
model is asked, and nothing is kept. A silly question is worse than none: many a page gives None.
"""
