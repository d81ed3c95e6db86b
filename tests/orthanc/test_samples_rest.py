# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples about routes, each as its first lines say that one should try it."""

from __future__ import annotations

import io
import json

import openpyxl
import pydicom
import pytest
from dicom_files import dicom_bytes, dicom_path
from launcher import Launcher
from PIL import Image
from sample_files import sample
from server import OrthancServer
from synthetic_dicom import synthetic_dicom

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]


def parent(server: OrthancServer, instance: str, level: str = "study") -> str:
    identifier: str = server.get(f"/instances/{instance}/{level}").json()["ID"]
    return identifier


def test_hello(orthanc: Launcher) -> None:
    assert orthanc(sample("rest/hello")).get("/hello").text == "Hello from Python\n"


def test_extend_rest(orthanc: Launcher) -> None:
    server = orthanc(sample("rest/extend_rest"))
    study = parent(server, server.upload(dicom_bytes("CT_small.dcm")))
    server.upload(dicom_bytes("MR_small.dcm"))
    assert server.get("/count/studies").json() == {"Level": "studies", "Count": 2}
    assert server.get("/count/studies?modality=CT").json()["Count"] == 1
    assert server.get("/count/worlds").status_code == 404
    assert server.delete("/count/studies").status_code == 405
    assert server.get(f"/notes/{study}").status_code == 404
    assert server.put(f"/notes/{study}", "To be read by Montag ü".encode()).status_code == 200
    assert server.get(f"/notes/{study}").text == "To be read by Montag ü"
    assert server.post(f"/notes/{study}").status_code == 405


def test_inspect_api(orthanc: Launcher) -> None:
    server = orthanc(sample("rest/inspect_api"))
    assert {"RestApiGet", "RestOutput", "ChangeType"} <= set(server.get("/python-api").json())
    described = server.get("/python-api?name=RestApiGet").text
    assert described.startswith("function RestApiGet\n\n")
    assert "uri" in described
    assert server.get("/python-api?name=os").status_code == 404


def test_dump(orthanc: Launcher) -> None:
    server = orthanc(sample("rest/dump"))
    instance = server.upload(dicom_bytes())
    dumped = server.get(f"/dump/{instance}").text
    assert str(pydicom.dcmread(dicom_path())["PatientName"]) in dumped
    assert "Pixel Data" not in dumped
    assert "Pixel Data" in server.get(f"/dump/{instance}?pixels").text
    assert server.get("/dump/0-1").status_code == 404


def test_thumbnail(orthanc: Launcher) -> None:
    server = orthanc(sample("rest/thumbnail"), config={"Python": {"Workers": {"Count": 1}}})
    instance = server.upload(dicom_bytes())
    answer = server.get(f"/thumbnail/{instance}?size=50")
    assert answer.headers["Content-Type"] == "image/jpeg"
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.size) == ("JPEG", (50, 50))
    assert server.get(f"/thumbnail/{instance}?size=-1").status_code == 400
    assert server.get("/thumbnail/0-1").status_code == 404


def test_find_with_metadata(orthanc: Launcher) -> None:
    server = orthanc(sample("rest/find_with_metadata"))
    server.upload(dicom_bytes())
    query = {"Level": "Series", "Query": {}, "Expand": True}
    (series,) = server.post("/tools/find", json.dumps(query)).json()
    assert series["MainDicomTags"]["Modality"] == "CT"
    assert series["Metadata"]["RemoteAET"] == ""
    assert "LastUpdate" in series["Metadata"]
    assert server.post("/tools/find", json.dumps({**query, "Expand": False})).json() == [
        series["ID"]
    ]
    assert server.post("/tools/find", "{").status_code == 400


def test_sort_studies(orthanc: Launcher) -> None:
    server = orthanc(sample("rest/sort_studies"))
    files = ("MR_small.dcm", "CT_small.dcm", "JPEG2000.dcm")
    for file in files:
        server.upload(dicom_bytes(file))
    names = [str(pydicom.dcmread(dicom_path(file)).PatientName) for file in files]

    def page(arguments: str) -> list[str]:
        answer = server.get(f"/sorted-studies?by=PatientName&{arguments}").json()
        assert answer["Total"] == len(files)
        return [study["PatientMainDicomTags"]["PatientName"] for study in answer["Studies"]]

    everything = sorted(names)
    assert page("") == everything
    assert page("order=descending") == everything[::-1]
    assert page("limit=2") + page("limit=2&offset=2") == everything
    assert page("limit=0") == page("offset=1000") == []
    for wrong in ("limit=x", "limit=1001", "limit=-1", "by=Weight", "order=up"):
        assert server.get(f"/sorted-studies?{wrong}").status_code == 400


def test_excel_report(orthanc: Launcher) -> None:
    server = orthanc(sample("rest/excel_report"), config={"Python": {"Workers": {"Count": 1}}})
    server.upload(dicom_bytes())
    dataset = pydicom.dcmread(io.BytesIO(synthetic_dicom(1)))
    dataset.StudyDescription = '=HYPERLINK("http://example.org")'
    file = io.BytesIO()
    dataset.save_as(file)
    server.upload(file.getvalue())
    answer = server.get("/report.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Studies"]
    header, *rows = sheet.iter_rows()
    columns = {cell.value: number for number, cell in enumerate(header)}
    assert {row[columns["PatientID"]].value for row in rows} == {"1CT1", "synthetic"}
    (formula,) = [row for row in rows if row[columns["PatientID"]].value == "synthetic"]
    description = formula[columns["StudyDescription"]]
    assert (description.value, description.data_type) == (dataset.StudyDescription, "s")
    assert [row[columns["Series"]].value for row in rows] == [1, 1]
