"""The outside world -> Article."""
