"""What a report shows: the course and the calendar, drawn on one kind of page."""
