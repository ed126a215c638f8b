"""What several functions share: contracts, configuration, errors, the clients, and every sentence the bot says.

Only what every function can import is here: the standard library and the packages of the group `layer`. Pixels
stay in `functions.infer`, SQL stays in `functions.store`. Nothing here logs; it returns or raises.
"""
