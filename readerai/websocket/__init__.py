"""WebSockets for uvicorn, made for thousands of small frames on one core.

    uvicorn --http readerai.websocket.http:HttpProtocol ...

uvicorn's own copies every handshake through a second parser, and every frame through a queue and a change of
task. Here a whole small frame goes straight to the application where it asks for that; all that is rarer
(fragments, pings, goodbyes, whatever breaks the rules) is the business of the library websockets.

handshake   is a request a handshake, and what is answered; pure
wire        whole frames in what has been received, frames to be sent; pure
connection  one socket between uvicorn's transport and the ASGI application
http        uvicorn's HTTP, which hands handshakes over to it
"""
