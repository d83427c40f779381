"""Topics for an archive in Parquet, by Spark (4.0 or later).

    spark-submit examples/spark.py IN OUT

IN has a column ``text`` and, if there are any, ``title``, ``kicker``, ``subtitle``. OUT gets the same
rows with ``topics``, ``primary``, ``probabilities`` and so on beside them. Every machine needs
pdclassify installed; each of Spark's Python processes loads the model once.
"""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession

from pdclassify.batch import predict_batches, predict_schema


def main(source: str, target: str) -> None:
    """Read, predict and write."""
    spark = SparkSession.builder.appName("pdclassify").getOrCreate()
    articles = spark.read.parquet(source)
    # Spark wants to know the columns before there is any row.
    columns = predict_schema(articles.limit(0).toArrow().schema)
    schema = spark.createDataFrame(columns.empty_table()).schema
    articles.mapInArrow(predict_batches, schema).write.parquet(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
