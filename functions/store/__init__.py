"""Every read and write of a person's data: the only place with SQL. It knows neither Telegram nor pixels."""
