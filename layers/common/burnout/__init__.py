"""What all four functions share: contracts, settings, errors, the Bot API client, and every sentence the bot says.

Only what every function can import lives here: the standard library and the packages of the group `layer`. Pixels
stay in `functions.infer`, SQL stays in `functions.store`. Nothing here logs; it returns or raises.
"""
