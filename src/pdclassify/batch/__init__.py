"""Archives: many inputs through workers to shards of output, stopped and resumed at any moment.

The way of a run: `plan` cuts the inputs into shards, `work` turns one shard into one output file,
`runner` sends shards to workers, `folder` and `manifest` keep what is finished. `arrow` is the same
work on record batches, for those who live in Spark or Ray.
"""

from __future__ import annotations

from pdclassify.batch.arrow import predict_batches, predict_schema
from pdclassify.batch.runner import Report, run
from pdclassify.batch.tally import Progress

__all__ = ["Progress", "Report", "predict_batches", "predict_schema", "run"]
