"""Write the golden charts again, after a change that is meant."""

from svx_ledger.exports.charts import spec, written

from .examples import EXAMPLES
from .test_spec import GOLDEN

GOLDEN.mkdir(exist_ok=True)
for name, chart in EXAMPLES.items():
    (GOLDEN / f"{name}.json").write_text(written(spec(chart)), "utf-8")
