"""Many agreements on a cluster: a table or a stream of reports comes in; verdicts, or findings, go out.

It needs PySpark: `pip install 'servanda[spark]'`.
"""

from servanda.spark.batch import Assessments, assess
from servanda.spark.stream import Findings, watch

__all__ = ["Assessments", "Findings", "assess", "watch"]
