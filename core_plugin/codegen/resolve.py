# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies overrides and rules to a header; nothing is left undecided."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import GenerationError
from .model import Doc, Function, Header, Kind, OpaqueStruct, Parameter
from .names import without_prefix
from .overrides import ClassOverride, Overrides
from .rules import Context, find_destructors, match_parameter, match_result
from .sdk_history import OLDEST
from .surface import (
    Accounted,
    Argument,
    Binding,
    BoundClass,
    Call,
    Output,
    Status,
    Surface,
    Version,
)


def resolve(header: Header, overrides: Overrides) -> Surface:
    """Decide about every item of ``header``, or raise, naming all that nobody decided about."""
    _refuse_wrong_history(header, overrides)
    history = overrides
    overrides = overrides.of_version(header.version)
    _refuse_unmatched(header, overrides)
    functions: list[Binding] = []
    methods: dict[str, list[Binding]] = {without_prefix(s.name): [] for s in header.opaque_structs}
    accounts: list[Accounted] = []
    undecided: list[str] = []
    owners: dict[str, str] = {}
    destructors = find_destructors(header)
    for function in header.functions:
        short = without_prefix(function.name)
        if function.name in destructors.values():
            accounts.append(Accounted(short, Status.RULE, "called when the object is dropped"))
            continue
        override = overrides.functions.get(short)
        if override is None:
            try:
                binding, owner = _by_rule(function, header, overrides, destructors)
            except _NoRuleError as error:
                undecided.append(f"{function.name} (line {function.line}): {error}")
                continue
            accounts.append(Accounted(short, Status.RULE))
        else:
            accounts.append(Accounted(short, override.status, override.reason))
            if override.status is not Status.HAND:
                continue
            owner = override.owner
            doc = Doc(override.text) if override.text else function.doc
            binding = Binding(override.name or short, (), "", doc, stubs=override.stubs)
        owners[short] = owner
        (methods[owner] if owner else functions).append(binding)
    if undecided:
        raise GenerationError(
            "no rule and no override covers:\n" + "\n".join(f"  {item}" for item in undecided)
        )
    for addition in overrides.additions:
        added = Binding(addition.name, (), "", Doc(addition.text), stubs=(addition.stub,))
        (methods[addition.owner] if addition.owner else functions).append(added)
    return Surface(
        version=header.version,
        enumerations=header.enumerations,
        classes=tuple(
            _bound_class(struct, methods[without_prefix(struct.name)], overrides)
            for struct in header.opaque_structs
        ),
        functions=tuple(sorted(functions, key=lambda binding: binding.name)),
        accounts=tuple(accounts),
        since=tuple(sorted(_since(history, owners).items())),
    )


def _since(history: Overrides, owners: dict[str, str]) -> dict[str, Version]:
    """By the names of Python; ``owners`` are the classes of functions that became methods."""
    since = history.classes_since | history.enumerations_since
    for function, version in history.functions_since.items():
        override = history.functions.get(function)
        if override is not None and override.status is Status.INTERNAL:
            continue
        if function.removeprefix("Free") in history.classes_since:
            continue  # Python frees its objects itself
        name = override.name or function if override else function
        owner = owners.get(function) or (override.owner if override else "")
        # a method also for a header that has neither
        owner = owner or next((c for c in history.classes_since if function.startswith(c)), "")
        since[f"{owner}.{name}" if owner else name] = version
    for addition in history.additions:
        if addition.since > OLDEST:
            owner = addition.owner
            since[f"{owner}.{addition.name}" if owner else addition.name] = addition.since
    return since


class _NoRuleError(Exception):
    """No rule covers a parameter or the result of a function."""


def _by_rule(
    function: Function, header: Header, overrides: Overrides, destructors: dict[str, str]
) -> tuple[Binding, str]:
    short = without_prefix(function.name)
    context = Context(
        function,
        classes=frozenset(struct.name for struct in header.opaque_structs),
        destructors=destructors,
        nullable=frozenset(name for owner, name in overrides.nullable if owner == short),
        never_null=short in overrides.never_null,
    )
    if not function.parameters or not _is_sdk_context(function.parameters[0]):
        raise _NoRuleError("the first parameter is not the context")
    expressions = ["sdk()"]
    arguments: list[Argument] = []
    outputs: list[Output] = []
    owner = ""
    left = list(function.parameters[1:])
    while left:
        # an object that comes before every other input makes a method
        if not owner and not arguments and context.is_class(left[0].type):
            owner = without_prefix(left.pop(0).type.pointee.name)
            expressions.append("self_use.get()")
            continue
        match = match_parameter(left, context)
        if match is None:
            raise _NoRuleError(f"parameter {left[0].name}: {left[0].type.name}")
        expressions.extend(match.becomes.expressions)
        if isinstance(match.becomes, Argument):
            arguments.append(match.becomes)
        else:
            outputs.append(match.becomes)
        del left[: match.consumed]
    result = match_result(function, context)
    if result is None:
        raise _NoRuleError(f"result {function.result.name}")
    if outputs and result.conversion:
        raise _NoRuleError("a result besides output parameters")
    self_type, self_setup = _self_of(owner, short, header, overrides) if owner else ("", "")
    call = Call(
        c_name=overrides.replaced.get(short, function.name),
        owner=owner,
        expressions=tuple(expressions),
        arguments=tuple(arguments),
        outputs=tuple(outputs),
        result=result,
        self_type=self_type,
        self_setup=self_setup,
    )
    binding = Binding(
        name=short,
        parameters=tuple((a.name, a.python_type) for a in arguments),
        returns=_returns(call),
        doc=function.doc,
        call=call,
        stubs=overrides.signatures.get(short, ()),
    )
    return binding, owner


def _returns(call: Call) -> str:
    types = [output.python_type for output in call.returned]
    if not types:
        return call.result.python_type
    found = types[0] if len(types) == 1 else f"tuple[{', '.join(types)}]"
    if call.presence is None:
        return found
    missing = "None" if len(types) == 1 else f"tuple[{', '.join(['None'] * len(types))}]"
    return f"{found} | {missing}"


def _self_of(owner: str, method: str, header: Header, overrides: Overrides) -> tuple[str, str]:
    override = overrides.classes.get(owner, ClassOverride())
    c_name = next(s.name for s in header.opaque_structs if without_prefix(s.name) == owner)
    cpp_type = override.cpp_type or f"SdkObject<{c_name}>"
    if override.use:
        kind = "Answers::kYes" if method in overrides.answering else "Answers::kNo"
        return cpp_type, f"const {override.use} self_use(self, {kind});"
    return cpp_type, f"const Use<{c_name}> self_use(self);"


def _bound_class(struct: OpaqueStruct, methods: list[Binding], overrides: Overrides) -> BoundClass:
    name = without_prefix(struct.name)
    override = overrides.classes.get(name, ClassOverride())
    return BoundClass(
        name=name,
        c_name=struct.name,
        cpp_type=override.cpp_type or f"SdkObject<{struct.name}>",
        doc=struct.doc,
        methods=tuple(sorted(methods, key=lambda binding: binding.name)),
        hook=override.hook,
        has_buffer=override.has_buffer,
    )


def _is_sdk_context(parameter: Parameter) -> bool:
    return (
        parameter.type.points_to(Kind.STRUCT)
        and parameter.type.pointee.name == "OrthancPluginContext"
    )


def _refuse_wrong_history(header: Header, overrides: Overrides) -> None:
    wrong = [
        f"{without_prefix(f.name)}: {overrides.functions_since[without_prefix(f.name)]} here, "
        f"{f.since} in the header"
        for f in header.functions
        if f.since and overrides.functions_since.get(without_prefix(f.name), f.since) != f.since
    ]
    if wrong:
        raise GenerationError("the history of the SDK is wrong:\n" + "\n".join(wrong))


def _refuse_unmatched(header: Header, overrides: Overrides) -> None:
    functions = {without_prefix(f.name): {p.name for p in f.parameters} for f in header.functions}
    classes = {without_prefix(struct.name) for struct in header.opaque_structs}
    unmatched: list[str] = []

    def require(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
        unmatched.extend(f"{kind} {name}" for name in sorted(set(names) - set(known)))

    require("function", overrides.functions, functions)
    require("signature", overrides.signatures, functions)
    require("replaced", overrides.replaced, functions)
    require("never_null", overrides.never_null, functions)
    require("answering", overrides.answering, functions)
    require("class", overrides.classes, classes)
    enumerations = {without_prefix(enumeration.name) for enumeration in header.enumerations}
    for kind, history, known in (
        ("function", overrides.functions_since, functions),
        ("class", overrides.classes_since, classes),
        ("enumeration", overrides.enumerations_since, enumerations),
    ):
        past = {name for name, since in history.items() if since <= header.version}
        require(f"history of {kind}", past, known)
    owners = {override.owner for override in overrides.functions.values()}
    owners |= {addition.owner for addition in overrides.additions}
    require("owner", owners - {""}, classes)
    unmatched.extend(
        f"nullable {function}.{parameter}"
        for function, parameter in sorted(overrides.nullable)
        if parameter not in functions.get(function, set())
    )
    if unmatched:
        raise GenerationError(
            "overrides that match nothing in the header:\n"
            + "\n".join(f"  {item}" for item in unmatched)
        )
