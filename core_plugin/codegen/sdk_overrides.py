# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decisions about Orthanc's SDK."""

from __future__ import annotations

from .overrides import Addition, ClassOverride, FunctionOverride, Overrides, hand, internal, later

_CALLBACK = "takes a callback"
_NODE_CALLBACK = "needs the callback that writes binary tags"
_JOB = "jobs need callbacks and change owner when submitted"
_BODY_METHODS = (
    "RestApiPost",
    "RestApiPostAfterPlugins",
    "RestApiPut",
    "RestApiPutAfterPlugins",
    "HttpPost",
    "HttpPut",
    "HttpClient",
    "CallPeerApi",
    "CallRestApi",
)

_HAND: dict[str, FunctionOverride] = {
    "RegisterRestCallback": hand("(path: str, callback: Callable[..., object], /) -> None"),
    "RegisterOnChangeCallback": hand(
        "(callback: Callable[[ChangeType, ResourceType, str], object], /) -> None"
    ),
    "RegisterOnStoredInstanceCallback": hand(
        "(callback: Callable[[DicomInstance, str], object], /) -> None"
    ),
    "AnswerBuffer": hand(
        "(self, answer: str | Buffer | None, mimeType: str, /) -> None", owner="RestOutput"
    ),
    "SetHttpErrorDetails": hand("(self, details: str, log: int, /) -> None", owner="RestOutput"),
    "GetInstanceData": hand("(self) -> bytes", owner="DicomInstance"),
    "GetImageBuffer": hand("(self) -> bytes", owner="Image"),
    "LookupDictionary": hand("(name: str, /) -> dict[str, int]"),
    "RegisterErrorCode": hand("(code: int, httpStatus: int, message: str, /) -> int"),
    "CreateImageAccessor": hand(
        "(format: int, width: int, height: int, pitch: int, buffer: str | Buffer, /) -> Image",
        name="CreateImageFromBuffer",
    ),
}

_LATER: dict[str, FunctionOverride] = {
    **dict.fromkeys(
        (
            "RegisterStorageArea",
            "RegisterStorageArea2",
            "RegisterWorklistCallback",
            "RegisterDecodeImageCallback",
            "RegisterIncomingHttpRequestFilter",
            "RegisterIncomingHttpRequestFilter2",
            "RegisterFindCallback",
            "RegisterMoveCallback",
            "RegisterRefreshMetricsCallback",
            "RegisterChunkedRestCallback",
            "RegisterStorageCommitmentScpCallback",
            "RegisterIncomingDicomInstanceFilter",
            "RegisterIncomingCStoreInstanceFilter",
            "RegisterReceivedInstanceCallback",
            "RegisterTranscoderCallback",
            "RegisterWebDavCollection",
            "ChunkedHttpClient",
        ),
        later(_CALLBACK),
    ),
    **dict.fromkeys(
        (
            "EncodeDicomWebJson",
            "EncodeDicomWebJson2",
            "EncodeDicomWebXml",
            "EncodeDicomWebXml2",
            "GetInstanceDicomWebJson",
            "GetInstanceDicomWebXml",
        ),
        later(_NODE_CALLBACK),
    ),
    **dict.fromkeys(("CreateJob", "SubmitJob", "RegisterJobsUnserializer"), later(_JOB)),
}

_INTERNAL: dict[str, FunctionOverride] = {
    "GetName": internal("the plugin itself defines it"),
    "FreeString": internal("strings are copied and freed"),
    "FreeMemoryBuffer": internal("buffers are copied and freed"),
    "FreeMemoryBuffer64": internal("buffers are copied and freed"),
    "CreateMemoryBuffer64": internal("only callbacks of a storage area return such a buffer"),
    "RegisterRestCallbackNoLock": internal("RegisterRestCallback uses it"),
}

SDK_OVERRIDES = Overrides(
    functions=_HAND | _LATER | _INTERNAL,
    classes={
        "RestOutput": ClassOverride("RestOutput", "OutputUse", "bind_rest_output"),
        "DicomInstance": ClassOverride(hook="bind_dicom_instance"),
        "Image": ClassOverride(hook="bind_image"),
        "FindQuery": ClassOverride(hook="bind_find_query"),
    },
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
    ),
    nullable=frozenset((name, "body") for name in _BODY_METHODS),
    never_null=frozenset({"GetErrorDescription"}),
    answering=frozenset(
        {
            "CompressAndAnswerPngImage",
            "CompressAndAnswerJpegImage",
            "Redirect",
            "SendHttpStatus",
            "SendHttpStatusCode",
            "SendUnauthorized",
            "SendMethodNotAllowed",
            "StartMultipartAnswer",
        }
    ),
    signatures={
        "SendHttpStatus": (
            "(self, status: int, body: str | Buffer, /) -> None",
            "(self, status: int, body: str | Buffer, bodySize: int, /) -> None",
        ),
    },
)
