"""The toy handler in a module that is slow to import."""

import time

from tests.integration.local.aws.toy import lambda_handler

__all__ = ["lambda_handler"]
time.sleep(2.5)
