# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workbook that lists the studies, one row each, written by openpyxl in a worker.

Try: curl http://localhost:8042/report.xlsx -o report.xlsx
"""

import io
from typing import Unpack

import orthanc
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from orthanc_runtime import RestRequest, offload, rest

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENT = ("PatientID", "PatientName", "PatientBirthDate", "PatientSex")
STUDY = ("StudyDate", "StudyDescription", "AccessionNumber", "StudyInstanceUID")


def text_cell(sheet: Worksheet, text: str) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # a text that begins with "=" would become a formula
    return cell


@offload(timeout=120)
def OnReport(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Studies"
    sheet.append([*PATIENT, *STUDY, "Series"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for study in rest.get("/studies?expand").json():
        patient, main = study["PatientMainDicomTags"], study["MainDicomTags"]
        row = [patient.get(tag, "") for tag in PATIENT] + [main.get(tag, "") for tag in STUDY]
        sheet.append([*(text_cell(sheet, text) for text in row), len(study["Series"])])
    file = io.BytesIO()
    workbook.save(file)
    output.SetHttpHeader("Content-Disposition", 'attachment; filename="report.xlsx"')
    output.AnswerBuffer(file.getvalue(), SPREADSHEET)


orthanc.RegisterRestCallback(r"/report\.xlsx", OnReport)
