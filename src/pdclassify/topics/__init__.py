"""Article -> TopicPrediction."""
