"""The whole stack on one machine: unmodified Lambda handlers and imitations of AWS and Telegram, on 127.0.0.1.

`local` is one more adapter. It makes the events that API Gateway and Lambda would make and calls the handlers; nothing
in the product knows about it, only the endpoint variables differ.
"""
