"""S3 key in, faces out: the only place with pixels. It keeps nothing and knows neither people nor Telegram."""

import os

# ONNX Runtime's wheels tell Microsoft about each session, under a number of the machine that they keep in the user's
# folder. Only this variable, before the first import, prevents both (its Privacy.md; tried with 1.32.0).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # noqa: TID251  (a library's setting and none of ours)
