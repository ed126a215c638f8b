"""The conversations of the bot: each module holds the commands, buttons and screens of one.

`check_in` has none of them: `bot` calls it for a photo. `sparkline` draws a line of text for `history`.
"""
