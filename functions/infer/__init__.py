"""S3 key in, faces out: the only place with pixels. It keeps nothing and knows neither people nor Telegram."""
