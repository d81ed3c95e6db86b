# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DICOM peer that asks Orthanc for storage commitment; DCMTK has no program for that."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from types import TracebackType

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from pynetdicom.sop_class import StorageCommitmentPushModel  # type: ignore[attr-defined]
from server import OrthancServer

PUSH_MODEL_INSTANCE = "1.2.840.10008.1.20.1.1"
REQUEST = 1
AET = "PEER"
TIMEOUT = 30

Instance = tuple[str, str]
"""SOP class UID, SOP instance UID."""


@dataclass(frozen=True)
class Report:
    """What Orthanc has answered, later, in an association of its own."""

    transaction: str
    committed: frozenset[Instance]
    failed: dict[Instance, int]
    """With the failure reasons."""


class CommitmentPeer:
    """Listens on ``port`` for reports, as a context manager."""

    def __init__(self, port: int) -> None:
        self._reports: queue.Queue[Report] = queue.Queue()
        self._peer = AE(AET)
        self._peer.add_requested_context(StorageCommitmentPushModel)
        self._peer.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
        server = self._peer.start_server(
            ("127.0.0.1", port),
            block=False,
            evt_handlers=[(evt.EVT_N_EVENT_REPORT, self._receive)],
        )
        assert server is not None  # it is none for a server that blocks
        self._server = server

    def __enter__(self) -> CommitmentPeer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()

    def request(self, server: OrthancServer, *instances: Instance) -> tuple[str, int]:
        """The UID of the transaction, and the DIMSE status."""
        request = Dataset()
        request.TransactionUID = transaction = generate_uid()
        request.ReferencedSOPSequence = []
        for sop_class, sop_instance in instances:
            item = Dataset()
            item.ReferencedSOPClassUID = sop_class
            item.ReferencedSOPInstanceUID = sop_instance
            request.ReferencedSOPSequence.append(item)
        association = self._peer.associate("127.0.0.1", server.dicom_port, ae_title="ORTHANC")
        assert association.is_established
        try:
            status, _ = association.send_n_action(
                request, REQUEST, StorageCommitmentPushModel, PUSH_MODEL_INSTANCE
            )
        finally:
            association.release()
        return str(transaction), int(status.Status)

    def report(self) -> Report:
        """The next report; raises queue.Empty where none comes."""
        return self._reports.get(timeout=TIMEOUT)

    def _receive(self, event: evt.Event) -> tuple[int, None]:
        told = event.event_information
        self._reports.put(
            Report(
                str(told.TransactionUID),
                frozenset(map(_instance, told.get("ReferencedSOPSequence", []))),
                {
                    _instance(item): int(item.FailureReason)
                    for item in told.get("FailedSOPSequence", [])
                },
            )
        )
        return 0x0000, None


def _instance(item: Dataset) -> Instance:
    return str(item.ReferencedSOPClassUID), str(item.ReferencedSOPInstanceUID)
