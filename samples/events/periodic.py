# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does something now and then, from the start of Orthanc to its stop.

    "Periodic": { "Seconds": 60 }

Try: curl http://localhost:8042/tools/metrics-prometheus | grep studies_without
"""

import json
import threading

import orthanc

SECONDS = float(json.loads(orthanc.GetConfiguration()).get("Periodic", {}).get("Seconds", 60))
stopping = threading.Event()


def count_studies_without_description() -> None:
    query = json.dumps({"Level": "Study", "Query": {}, "Expand": True})
    studies = json.loads(orthanc.RestApiPost("/tools/find", query))
    count = sum(not study["MainDicomTags"].get("StudyDescription") for study in studies)
    orthanc.SetMetricsValue("studies_without_description", count, orthanc.MetricsType.DEFAULT)


def run() -> None:
    # wait() returns True at once when Orthanc stops: no stop waits for the next turn.
    while not stopping.wait(SECONDS):
        try:
            count_studies_without_description()
        except orthanc.OrthancException as error:
            orthanc.LogError(f"The studies cannot be counted: {error.args[1]}")


thread = threading.Thread(target=run, name="periodic")


def OnChange(change: orthanc.ChangeType, level: orthanc.ResourceType, resource: str) -> None:
    if change == orthanc.ChangeType.ORTHANC_STARTED:
        thread.start()
    elif change == orthanc.ChangeType.ORTHANC_STOPPED:
        stopping.set()
        if thread.is_alive():
            thread.join(timeout=10)


orthanc.RegisterOnChangeCallback(OnChange)
