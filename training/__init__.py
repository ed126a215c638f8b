"""Training of the emotion models: data, model, train, evaluate, export. Nothing in `functions/` imports it."""
