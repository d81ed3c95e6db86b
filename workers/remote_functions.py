# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The functions and classes of the SDK that a worker reaches by CALL frames."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orthanc_runtime.call_forms import refuse
from orthanc_runtime.errors import NotInWorker, OrthancException

from .calls import Calls, Data
from .held import Held, maker
from .image_pixels import add_pixels
from .marshal import WrongTypeError, decoder, encoder
from .task_context import current_task

Signature = tuple[tuple[str, ...], tuple[str, ...]]

AUDIT_LOG_ARGUMENTS = 6

# As in dispatch/calls_by_hand.cpp, dicomweb_calls.cpp and resource_calls.cpp.
BY_HAND: Mapping[str, Signature] = {
    "AdoptDicomInstance": (("bytes64", "bytes32?"), ("name", "name", "StoreStatus")),
    "EmitAuditLog": (("text", "text", "int32_t", "text", "text", "bytes32?"), ()),
    "SetStableStatus": (("text", "int32_t"), ("int", "int")),
    "CreateImage": (("int32_t", "uint32_t", "uint32_t"), ("Image",)),
    "CreateImageFromBuffer": (
        ("int32_t", "uint32_t", "uint32_t", "uint32_t", "bytes64"),
        ("Image",),
    ),
    **dict.fromkeys(
        (f"EncodeDicomWeb{form}" for form in ("Json", "Json2", "Xml", "Xml2")),
        (("bytes32",), ("text",)),
    ),
    **dict.fromkeys(
        (f"DicomInstance.GetInstanceDicomWeb{form}" for form in ("Json", "Xml")),
        (("object DicomInstance",), ("text",)),
    ),
    "DicomInstance.GetInstanceData": (("object DicomInstance",), ("bytes",)),
    "Image.ConvertPixelFormat": (("object Image", "int32_t"), ("Image",)),
    "Image.GetImageBuffer": (("object Image",), ("bytes",)),
    "LookupDictionary": (("text",), ("int", "int", "ValueRepresentation", "int", "int")),
}


class RemoteFunctions:
    """Makes them, with the checks and errors of the master's."""

    def __init__(self, sdk: Any, calls: Calls, permit: Callable[[str], None]) -> None:
        """``permit`` raises where a function cannot be called now."""
        self._sdk = sdk
        self._calls = calls
        self._permit = permit
        signatures: dict[str, Signature] = {**sdk.CALLS, **BY_HAND}
        self.classes = {
            name: _class(name)
            for name in sdk.CLASSES
            if any(call.startswith(f"{name}.") for call in signatures)
        }
        self._made: dict[str, Callable[[int], Any]] = {
            enumeration.__name__: enumeration.member_or_int for enumeration in sdk.ENUMERATIONS
        }
        self._made |= {name: maker(held, calls) for name, held in self.classes.items()}
        self.functions: dict[str, Callable[..., Any]] = {}
        for name, signature in signatures.items():
            self._add(name, signature)
        for name, held in self.classes.items():
            _complete(name, held)
        if "Image" in self.classes:
            add_pixels(self.classes["Image"])
        if "FindQuery" in self.classes:
            _split_tag(self.classes["FindQuery"])
        lookup = self.functions.get("LookupDictionary")
        if lookup is not None:
            self.functions["LookupDictionary"] = _dictionary_entry(lookup)
        emit = self.functions.get("EmitAuditLog")
        if emit is not None:
            self.functions["EmitAuditLog"] = _with_task(emit)

    def held(self, name: str, number: int) -> Any:
        """The object of this class that has this number in Orthanc."""
        return self._made[name](number)

    def _add(self, name: str, signature: Signature) -> None:
        owner, _, method = name.rpartition(".")
        forms = self._sdk.CLASSES[owner].get(method) if owner else self._sdk.FUNCTIONS.get(name)
        if forms is None:
            return  # this SDK has not got it
        function = self._function(name, forms, signature)
        if "DicomWeb" in method:
            function = _without_callback(name, forms, function)
        function.__name__ = method
        function.__qualname__ = name
        function.__module__ = "orthanc"
        if owner:
            setattr(self.classes[owner], method, function)
        else:
            self.functions[name] = function

    def _function(
        self, name: str, forms: Sequence[str], signature: Signature
    ) -> Callable[..., Any]:
        kinds, results = signature
        encoders = [encoder(kind, self.classes) for kind in kinds]
        decoders = [decoder(kind, self._made) for kind in results]
        is_method = "." in name
        call, permit = self._calls.call, self._permit

        def function(*arguments: Any, **keywords: Any) -> Any:
            shown = arguments[1:] if is_method else arguments
            if keywords or len(arguments) != len(encoders):
                refuse(forms, shown, keywords)
            parts: list[Data] = []
            try:
                head = [
                    encode(value, parts) for encode, value in zip(encoders, arguments, strict=True)
                ]
            except WrongTypeError:
                refuse(forms, shown, keywords)
            permit(name)
            value, body = call(name, *head, parts=parts)
            if not decoders:
                return None
            if len(decoders) == 1:
                return None if value is None else decoders[0](value, body)
            return tuple(
                None if one is None else decode(one, body)
                for decode, one in zip(decoders, value, strict=True)
            )

        return function


def _class(name: str) -> type[Held]:
    return type(name, (Held,), {"__module__": "orthanc", "__slots__": ()})


def _complete(name: str, held: type[Held]) -> None:
    """``IsMatch`` beside ``FindMatcherIsMatch``, as in the master."""
    for method, function in list(vars(held).items()):
        if method.startswith(name):
            setattr(held, method.removeprefix(name), function)


def _without_callback(
    name: str, forms: Sequence[str], encode: Callable[..., Any]
) -> Callable[..., Any]:
    """``(dicom, callback=None)`` or ``(self, callback=None)``, as in the master."""

    def encode_without(*arguments: Any, **keywords: Any) -> Any:
        given = [*arguments, *(keywords[key] for key in ("dicom",) if key in keywords)]
        callback = keywords.get("callback", given.pop() if len(given) == 2 else None)
        if not set(keywords) <= {"dicom", "callback"} or len(given) != 1:
            refuse(forms, arguments[1:] if "." in name else arguments, keywords)
        if callback is not None:
            raise NotInWorker(
                f"orthanc.{name} with a callback is not available in a worker, as Orthanc calls it "
                "in the master; leave it out, or call the function without @offload"
            )
        return encode(given[0])

    return encode_without


def _split_tag(query: Any) -> None:
    """The two methods that the SDK's one is in Orthanc."""
    tag = query.GetFindQueryTag

    def GetFindQueryTagGroup(self: Any, index: int, /) -> int:
        group: int = tag(self, index)[0]
        return group

    def GetFindQueryTagElement(self: Any, index: int, /) -> int:
        element: int = tag(self, index)[1]
        return element

    for method in (GetFindQueryTagGroup, GetFindQueryTagElement):
        method.__module__ = "orthanc"
        method.__qualname__ = f"FindQuery.{method.__name__}"
        setattr(query, method.__name__, method)


def _with_task(emit: Callable[..., Any]) -> Callable[..., None]:
    """Who emits no data says at least which task it is, as in the log and in X-Request-Id."""

    def EmitAuditLog(*arguments: Any, **keywords: Any) -> None:
        task, request = current_task()
        if len(arguments) == AUDIT_LOG_ARGUMENTS and arguments[-1] is None and task:
            arguments = (*arguments[:-1], json.dumps({"task": task, "request": request}))
        emit(*arguments, **keywords)

    EmitAuditLog.__module__ = "orthanc"
    return EmitAuditLog


def _dictionary_entry(lookup: Callable[..., Any]) -> Callable[..., dict[str, int]]:
    def LookupDictionary(*arguments: Any, **keywords: Any) -> dict[str, int]:
        try:
            entry = lookup(*arguments, **keywords)
        except OrthancException:
            # scripts rely on the TypeError
            raise TypeError(f"Unknown DICOM tag: {arguments[0]}") from None
        keys = ("Group", "Element", "ValueRepresentation", "MinMultiplicity", "MaxMultiplicity")
        return dict(zip(keys, entry, strict=True))

    LookupDictionary.__module__ = "orthanc"
    return LookupDictionary
