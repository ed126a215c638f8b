"""Training of the emotion models: data, model, train, evaluate, export. Nothing in `functions/` imports it."""

import functions.infer  # noqa: F401  (it keeps ONNX Runtime from telling anybody)
