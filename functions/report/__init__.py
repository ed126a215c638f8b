"""The weekly report: what is due → strain → chart and words → Telegram. It knows neither SQL nor photos of people."""
