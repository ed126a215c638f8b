"""The runtime interface client in front of the handler that it is given."""

import sys

from awslambdaric.__main__ import main  # type: ignore[import-untyped]

main([sys.argv[0], sys.argv[1]])
