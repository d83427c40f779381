"""Article -> Summary and keywords."""
