# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Orthanc answers as a DICOM server: C-FIND, C-MOVE, worklists, storage commitment."""

from __future__ import annotations

from codegen.overrides import Addition, ClassOverride, Overrides, hand

_ONCE = """\
Raises RuntimeError where there is a callback already, and once the script has been imported: \
Orthanc looks for it only when its DICOM server starts. Raises OrthancException where another \
plugin has one."""

_FIND = """\
Register the callback that answers C-FIND, but for worklists, in place of Orthanc's own search.

It is called as callback(answers, query, {connection}) and adds DICOM files to answers by \
FindAddAnswer(). What it raises is logged and ends the query with an error. answers and query are \
of no use after its return. Orthanc calls it for one query at a time, also where a call takes \
long.

{once}"""

_WORKLIST = """\
Register the callback that answers C-FIND for modality worklists.

It is called as callback(answers, query, {connection}) and adds DICOM files to answers by \
WorklistAddAnswer(), which raises OrthancException for what is no DICOM file. What the callback \
raises is logged and ends the query with an error. answers and query are of no use after its \
return. Orthanc calls it for one query at a time, also where a call takes long.

{once}"""

_AETS = "issuer_aet, called_aet"
_CONNECTION = "connection"

_REQUEST = """\
Level (PATIENT, STUDY, SERIES, INSTANCE), PatientID, AccessionNumber, StudyInstanceUID, \
SeriesInstanceUID, SOPInstanceUID, {aets}TargetAET (each a str, empty where the peer did not say \
it), and OriginatorID (an int, the message ID of the request)"""
_ORIGINATOR = "OriginatorAET, SourceAET, "

_MOVE = f"""\
Register the callback that serves C-MOVE, in place of Orthanc.

It is called as callback(**request) with {_REQUEST.format(aets=_ORIGINATOR)}. To the peer the \
request is one sub-operation, which fails where the callback raises.

{_ONCE}"""

_DRIVERS = """\
Register the callbacks that serve C-MOVE, in place of Orthanc.

create({first}**request), with {request}, returns a driver, any object; what it raises refuses \
the request. size(driver) returns the number of sub-operations; where it raises, or returns no \
int, there is one, which fails. apply(driver) is called for each of them; it fails where it raises \
or returns a member of ErrorCode other than SUCCESS, and Orthanc may leave out those that follow. \
free(driver) is called at the end.{note}

{once}"""

_MOVE_2 = _DRIVERS.format(first="", request=_REQUEST.format(aets=_ORIGINATOR), note="", once=_ONCE)
_MOVE_3 = _DRIVERS.format(
    first="connection, ",
    request=_REQUEST.format(aets=""),
    note=" connection is of no use after the return of create.",
    once=_ONCE,
)

_COMMITMENT = """\
Register the callbacks that answer requests for storage commitment, in place of Orthanc.

callback(job_id, transaction_uid, sop_class_uids, sop_instance_uids, {connection}), the UIDs in \
two lists of the same length, returns any object. Orthanc calls it for one request at a time. \
Then, in a job, lookup(sop_class_uid, sop_instance_uid, data), where data is that object, returns \
a StorageCommitmentFailureReason for each instance, SUCCESS where it is in safe hands. Where it \
raises or returns anything else, the peer is told PROCESSING_FAILURE; where callback raises, it \
is told so of all instances.

Raises RuntimeError where there are callbacks already."""

_COMMITMENT_AETS = "remote_aet, called_aet"

_DRIVER_TYPES = (
    "create: Callable[..., object], size: Callable[..., int], apply: Callable[..., object], "
    "free: Callable[..., object], /) -> None"
)
_LOOKUP_TYPE = "lookup: Callable[..., StorageCommitmentFailureReason | int], /) -> None"

DICOM_NETWORK = Overrides(
    functions={
        "RegisterFindCallback": hand(
            "(callback: Callable[[FindAnswers, FindQuery, str, str], object], /) -> None",
            text=_FIND.format(connection=_AETS, once=_ONCE),
        ),
        "RegisterFindCallback2": hand(
            "(callback: Callable[[FindAnswers, FindQuery, DicomConnection], object], /) -> None",
            text=_FIND.format(connection=_CONNECTION, once=_ONCE),
        ),
        "RegisterMoveCallback": hand("(callback: Callable[..., object], /) -> None", text=_MOVE),
        # scripts know another function by the name that the SDK gave to this one later
        "RegisterMoveCallback2": hand(
            f"({_DRIVER_TYPES}", name="RegisterMoveCallback3", text=_MOVE_3
        ),
        "RegisterStorageCommitmentScpCallback": hand(
            "(callback: Callable[[str, str, list[str], list[str], str, str], object], "
            + _LOOKUP_TYPE,
            text=_COMMITMENT.format(connection=_COMMITMENT_AETS),
        ),
        "RegisterStorageCommitmentScpCallback2": hand(
            "(callback: Callable[[str, str, list[str], list[str], DicomConnection], object], "
            + _LOOKUP_TYPE,
            text=_COMMITMENT.format(connection=_CONNECTION),
        ),
        "RegisterWorklistCallback": hand(
            "(callback: Callable[[WorklistAnswers, WorklistQuery, str, str], object], /) -> None",
            text=_WORKLIST.format(connection=_AETS, once=_ONCE),
        ),
        "RegisterWorklistCallback2": hand(
            "(callback: Callable[[WorklistAnswers, WorklistQuery, DicomConnection], object], /) "
            "-> None",
            text=_WORKLIST.format(connection=_CONNECTION, once=_ONCE),
        ),
    },
    classes={"FindQuery": ClassOverride(hook="bind_find_query")},
    additions=(
        Addition(
            "GetFindQueryTagGroup",
            "(self, index: int, /) -> int",
            "The group of one tag of the query.",
            owner="FindQuery",
        ),
        Addition(
            "GetFindQueryTagElement",
            "(self, index: int, /) -> int",
            "The element of one tag of the query.",
            owner="FindQuery",
        ),
        Addition("RegisterMoveCallback2", f"({_DRIVER_TYPES}", _MOVE_2),
    ),
    never_null=frozenset(
        {"GetConnectionCalledAet", "GetConnectionRemoteAet", "GetConnectionRemoteIp"}
    ),
)
