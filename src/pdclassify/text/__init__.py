"""Chinese text itself: characters, sentences, tokens. Knows nothing of topics or files."""
