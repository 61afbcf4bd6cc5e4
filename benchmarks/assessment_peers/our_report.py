"""Our report and its pages, from the evidence in a run's directory."""

import sys
import time
from pathlib import Path

from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.reports import write_reports
from openbeian.clock import now

if __name__ == "__main__":
    started = time.process_time()
    report = write_reports(RunDirectory(Path(sys.argv[1])), at=now())
    print(report.banks[0].answered, time.process_time() - started)
