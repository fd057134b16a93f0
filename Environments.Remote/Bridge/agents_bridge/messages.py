"""The messages of environment.proto, built without generated code, so that any version of protobuf does.

Kept equal to the .proto file by a test that compares the two descriptors.
"""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "agents.environment.v1"
PROTOCOL_VERSION = 1
SERVICE = PACKAGE + ".Environments"

# Message: fields as (number, name, type), a message's name for its type; "*" before a type repeats it, "?" makes it optional and
# "=group" before it puts it in a oneof.
_MESSAGES = {
    "Source": [
        (1, "protocol_version", "uint32"), (2, "id", "string"), (3, "arguments_json", "string"), (4, "wrappers", "*string"),
    ],
    "DescribeReply": [(1, "description", "=reply Description"), (2, "failure", "=reply Failure")],
    "Description": [
        (1, "observation_space", "Space"), (2, "action_space", "Space"), (3, "max_episode_steps", "uint32"),
        (4, "byte_observations", "bool"), (5, "render_frames_per_second", "uint32"), (6, "reward_threshold", "?double"),
        (7, "name", "string"),
    ],
    "Space": [
        (1, "box", "=kind Box"), (2, "discrete", "=kind uint32"), (3, "multi_discrete", "=kind MultiDiscrete"),
        (4, "multi_binary", "=kind uint32"), (5, "dict", "=kind Dict"),
    ],
    "Box": [(1, "shape", "*uint32"), (2, "low", "bytes"), (3, "high", "bytes"), (4, "is_bytes", "bool")],
    "MultiDiscrete": [(1, "counts", "*uint32")],
    "Dict": [(1, "entries", "*Entry")],
    "Entry": [(1, "name", "string"), (2, "space", "Space")],
    "SessionRequest": [
        (1, "open", "=request Open"), (2, "reset", "=request Reset"), (3, "step", "=request Step"), (4, "render", "=request Render"),
    ],
    "Open": [(1, "source", "Source"), (2, "copies", "uint32"), (3, "max_episode_steps", "uint32")],
    "Reset": [(1, "seed", "uint64"), (2, "options_json", "string"), (3, "", "reserved"), (4, "wants_shared_memory", "bool")],
    "SharedMemory": [(1, "path", "string"), (2, "proof", "bytes"), (3, "slot_size", "uint64")],
    "Step": [(1, "actions", "bytes"), (2, "active", "bytes"), (3, "final_pictures", "bool")],
    "Render": [(1, "copy", "uint32")],
    "SessionReply": [
        (1, "opened", "=reply Description"), (2, "results", "=reply Results"), (3, "picture", "=reply Picture"),
        (4, "failure", "=reply Failure"),
    ],
    "Results": [
        (1, "observations", "bytes"), (2, "rewards", "bytes"), (3, "terminated", "bytes"), (4, "truncated", "bytes"),
        (5, "final_observations", "bytes"), (6, "final_infos", "*FinalInfo"), (7, "final_pictures", "*Picture"),
        (8, "shares_memory", "bool"), (9, "server_seconds", "double"),
        (10, "shared_memory", "SharedMemory"),
    ],
    "FinalInfo": [(1, "copy", "uint32"), (2, "json", "string")],
    "Picture": [(1, "copy", "uint32"), (2, "width", "uint32"), (3, "height", "uint32"), (4, "rgb", "bytes")],
    "Failure": [(1, "kind", "Failure.Kind"), (2, "message", "string"), (3, "traceback", "string")],
}

FAILURE_KINDS = ("UNSPECIFIED", "ENVIRONMENT", "NOT_FOUND", "MISSING_PACKAGE", "REQUEST")


def file_descriptor():
    """The descriptor of the whole file."""
    file = descriptor_pb2.FileDescriptorProto(name="Bridge/environment.proto", package=PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        _add_message(file.message_type.add(name=name), fields)
    failure = file.message_type[-1]
    kinds = failure.enum_type.add(name="Kind")
    for number, kind in enumerate(FAILURE_KINDS):
        kinds.value.add(name=kind, number=number)
    service = file.service.add(name="Environments")
    service.method.add(name="Describe", input_type="." + PACKAGE + ".Source", output_type="." + PACKAGE + ".DescribeReply")
    service.method.add(
        name="Session",
        input_type="." + PACKAGE + ".SessionRequest",
        output_type="." + PACKAGE + ".SessionReply",
        client_streaming=True,
        server_streaming=True,
    )
    return file


def _add_message(message, fields):
    types = descriptor_pb2.FieldDescriptorProto
    synthetic = []
    for number, name, kind in fields:
        if kind == "reserved":
            message.reserved_range.add(start=number, end=number + 1)
            continue
        field = message.field.add(name=name, number=number, label=types.LABEL_OPTIONAL)
        if kind.startswith("="):
            group, kind = kind[1:].split(" ")
            names = [oneof.name for oneof in message.oneof_decl]
            if group not in names:
                message.oneof_decl.add(name=group)
                names.append(group)
            field.oneof_index = names.index(group)
        if kind.startswith("*"):
            field.label = types.LABEL_REPEATED
            kind = kind[1:]
        if kind.startswith("?"):
            field.proto3_optional = True
            synthetic.append(field)
            kind = kind[1:]
        if kind[0].islower():
            field.type = getattr(types, "TYPE_" + kind.upper())
        else:
            field.type = types.TYPE_ENUM if "." in kind else types.TYPE_MESSAGE
            field.type_name = "." + PACKAGE + "." + kind
    for field in synthetic:  # after the real ones, as the compiler does
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name="_" + field.name)


def _classes():
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file_descriptor().SerializeToString())
    if hasattr(message_factory, "GetMessageClass"):
        create = message_factory.GetMessageClass
    else:
        create = message_factory.MessageFactory(pool).GetPrototype
    return {name: create(pool.FindMessageTypeByName(PACKAGE + "." + name)) for name in _MESSAGES}


_TYPES = _classes()
Source = _TYPES["Source"]
DescribeReply = _TYPES["DescribeReply"]
Description = _TYPES["Description"]
Space = _TYPES["Space"]
SessionRequest = _TYPES["SessionRequest"]
SessionReply = _TYPES["SessionReply"]
Results = _TYPES["Results"]
Picture = _TYPES["Picture"]
Failure = _TYPES["Failure"]
