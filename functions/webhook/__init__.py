"""Update in, answer out: talks with Telegram, hands photos to S3 and asks infer and store. No SQL, no pixels."""
