"""Update in, answer out: talks with Telegram, hands photos to S3, asks infer and store, orders reports. No SQL."""
