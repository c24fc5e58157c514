#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The reference's binary vectors decode to what is written beside them; TAP.

Each vector is put into a capture - in a message of a switchboard, or on a connection between clients - and the JSON
output held against the vector's own. They lie beside the source tree, and without them all is skipped.
"""
import base64
import functools
import hashlib
import json
import os
import struct
import sys

import payload_coverage
import support
from support import require

sys.path.insert(0, os.path.join(support.SRCDIR, "samples"))
mkp2p = support.load_script("samples/mkp2p.py", "mkp2p")
mkpcap = mkp2p.mkpcap
VECTORS = os.path.join(support.SRCDIR, "..", "shared", "spec", "vectors")
PLACES = "{0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}", "{7d2e9f10-3c4b-4a5d-9e6f-80a1b2c3d4e5}"
ALICE, BOB = "alice@example.com", "bob@example.com"


class Told(dict):
    """What a vector's JSON tells; knows which of its keys were looked at."""

    def __init__(self, *items):
        super().__init__(*items)
        self.seen = set()

    def __getitem__(self, key):
        self.seen.add(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def unseen(self, path=""):
        """Paths of the keys that nothing looked at."""
        for key, inner in self.items():
            if key not in self.seen:
                yield path + key
            for part in inner if isinstance(inner, list) else [inner]:
                if isinstance(part, Told):
                    yield from part.unseen(f"{path}{key}/")


def every_key(test, name, *args):
    """Runs a test and requires that it looked at all that the vector's JSON tells."""
    test(*args)
    unseen = list(vector(name)[1].unseen())
    require(not unseen, f"not looked at: {', '.join(unseen)}")


@functools.cache
def vector(name):
    with open(os.path.join(VECTORS, name + ".json"), encoding="utf-8") as f:
        told = json.load(f, object_pairs_hook=Told)
    data = support.read_bytes(os.path.join(VECTORS, name + ".bin"))
    require(len(data) == told["size"] and hashlib.sha1(data).hexdigest() == told["sha1"], f"{name}.bin is not what {name}.json tells of")
    return data, told["decode"]


def value(field):
    return field.get("value") if isinstance(field, dict) and "value" in field else field


def got(fields, path):
    """The value at a path of names and numbers."""
    for step in path:
        fields = fields[step]
    return value(fields)


def same(fields, rows):
    """rows: (path, wanted)"""
    for path, wanted in rows:
        path = path if isinstance(path, tuple) else (path,)
        found = got(fields, path)
        require(found == wanted, f"{'/'.join(map(str, path))} is {found!r}, not {wanted!r}")


def play(steps):
    capture = mkpcap.Capture([mkp2p.directive("start", mkp2p.START), *steps], "vectors").pcap()
    return support.read_events(capture, "--ranges")


def clean(event, *known):
    """An event has no findings but those that say that the vector stands alone."""
    wrong = [f for f in event["findings"] if f["id"] not in known]
    require(not wrong, f"findings: {wrong}")


def switchboard(version, *payloads, line=f"<<< MSG {BOB} Bob"):
    """The events of MSG commands with these payloads; bytes that begin with a command are taken as they are."""
    steps = mkpcap.parse(f"@conn NS 192.0.2.10:1820 198.51.100.20:1863 ns\n>>> VER 1 MSNP{version} CVR0\n<<< VER 1 MSNP{version}\n"
                         ">>> XFR 2 SB\n<<< XFR 2 SB 203.0.113.31:1863 CKI 1.2.3\n"
                         f"@conn SB 192.0.2.10:1821 203.0.113.31:1863 sb\n>>> USR 1 {ALICE} 1.2.3\n<<< USR 1 OK {ALICE} Alice\n")
    for payload in payloads:
        steps.append(mkp2p.Raw("SB", False, payload) if payload.startswith(b"MSG ") else mkp2p.command("SB", False, line[4:], payload))
    events = [e for e in play(steps) if e["type"] == "event" and e["name"] == line[4:7]]
    require(len(events) == len(payloads), f"{len(events)} events")
    for e in events:
        clean(e, "p2p.ack_unknown", "p2p.incomplete")
    return events


def notification(version, line, payload):
    steps = mkpcap.parse(f"@conn NS 192.0.2.10:1820 198.51.100.20:1863 ns\n>>> VER 1 MSNP{version} CVR0\n<<< VER 1 MSNP{version}\n")
    steps.append(mkp2p.command("NS", line.startswith(">"), line[4:], payload))
    event = next(e for e in play(steps) if e["type"] == "event" and e["name"] == line[4:7])
    clean(event, "order.sign_in")
    return event["fields"]


def notification_as_it_is(version, data):
    """The fields of a whole command of the notification server."""
    steps = mkpcap.parse(f"@conn NS 192.0.2.10:1820 198.51.100.20:1863 ns\n>>> VER 1 MSNP{version} CVR0\n<<< VER 1 MSNP{version}\n")
    steps.append(mkp2p.Raw("NS", False, data))
    event = next(e for e in play(steps) if e["type"] == "event" and e["name"] == data[:3].decode())
    clean(event, "order.sign_in")
    return event["fields"]


def p2p(packet, version):
    place = [";" + p if version == 2 else "" for p in PLACES]
    head = f"MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: {ALICE}{place[0]}\r\n"
    if version == 2:
        head += f"P2P-Src: {BOB}{place[1]}\r\n"
    return head.encode() + b"\r\n" + packet


HEADER = {"version": "p2p.version", "identifier": "p2p.identifier", "offset": "p2p.offset", "total_size": "p2p.total_size",
          "length": "p2p.length", "flags": "p2p.flags", "ack_id": "p2p.ack_id", "ack_sub_id": "p2p.ack_sub_id",
          "ack_size": "p2p.ack_size", "session_id": "p2p.session_id", "footer": "p2p.footer", "header_length": "p2p.header_length",
          "opcode": "p2p.opcode", "base_id": "p2p.base_id", "message_length": "p2p.length",
          "data_header_length": "p2p.data_header_length", "tf": "p2p.tf", "package_number": "p2p.package_number"}


def packet_data(event):
    """The data of the one packet of an event."""
    payload = support.exact_payload(event)
    return b"".join(payload[at:at + size] for name, source, at, size in event["ranges"]
                    if name in ("p2p.data", "p2p.preparation") and source == "payload")


def same_packet(event, told):
    """The one packet of an event is that of a vector: header, TLVs, data."""
    fields = event["fields"]["p2p.packet"][0]
    same(fields, [(HEADER[key], told[key]) for key in told if key in HEADER])
    tlvs = told.get("header_tlvs", []) + told.get("data_tlvs", [])
    shown = fields.get("p2p.tlv", [])
    require(len(shown) == len(tlvs), f"{len(shown)} TLVs, not {len(tlvs)}")
    for tlv, (kind, wanted) in zip(shown, tlvs):
        same_tlv(tlv, kind, bytes.fromhex(wanted))
    body = packet_data(event).hex()
    require(body == told.get("body", ""), f"data is {body}")


def same_tlv(tlv, kind, wanted):
    same(tlv, [("p2p.tlv_type", kind), ("p2p.tlv_length", len(wanted))])
    if kind == 2:
        same(tlv, [("p2p.acked_id", int.from_bytes(wanted, "big"))])
    elif len(wanted) == 8:
        same(tlv, [("p2p.remaining", int.from_bytes(wanted, "big"))])
    else:
        names = "protocol", "implementation", "version", "reserved", "capabilities"
        same(tlv, [(f"p2p.peer_{n}", part) for n, part in zip(names, struct.unpack("<HHHHI", wanted))])


def packet(name):
    """One transport packet, in a switchboard message."""
    data, told = vector(name)
    same_packet(switchboard(9 if told["version"] == 1 else 18, p2p(data, told["version"]))[0], told)


def msnobj():
    data, told = vector("msnobj")
    image = hashlib.sha1(bytes.fromhex(told["image_hex"])).digest()
    require(base64.b64encode(image).decode() == told["attributes"]["SHA1D"], "SHA1D is not that of the image")
    for sum_name in ("classic", "without_sha1d"):
        joined = hashlib.sha1(told[f"sha1c_input_{sum_name}"].encode()).digest()
        require(base64.b64encode(joined).decode() == told[f"sha1c_{sum_name}"], f"{sum_name} is not the SHA-1 of its input")
    for sum_name, verdict in (("sha1c_classic", "classic"), ("sha1c_without_sha1d", "short")):
        text = data.replace(told["attributes"]["SHA1C"].encode(), told[sum_name].encode())
        event = notification(11, ">>> CHG 2 NLN 0 " + "".join(f"%{b:02X}" for b in text), None)
        attributes = told["attributes"]
        same(event["msnp.msnobj"], [("msnobj.creator", attributes["Creator"]), ("msnobj.size", int(attributes["Size"])),
                                    ("msnobj.type", int(attributes["Type"])), ("msnobj.location", attributes["Location"]),
                                    ("msnobj.friendly", base64.b64decode(attributes["Friendly"]).decode("utf-16-le").rstrip("\0")), ("msnobj.sha1d", attributes["SHA1D"]),
                                    ("msnobj.sha1c", told[sum_name]), ("msnobj.sha1c_verdict", verdict)])


def slp():
    whole, told = vector("slp_invite")
    parts = [vector(f"slp_invite_chunk{n}")[0] for n in (1, 2)]
    events = switchboard(9, *(p2p(part, 1) for part in parts))
    for n, event in enumerate(events):
        same_packet(event, vector(f"slp_invite_chunk{n + 1}")[1])
    message = events[1]["fields"]["p2p.message"][0]
    same(message, [("p2p.message_size", len(whole)), ("p2p.message_packets", 2)])
    same(message["slp.message"], [("slp.start_line", told["start_line"]), ("slp.call_id", told["call_id"]), ("slp.branch", told["branch"]),
                                  ("slp.euf_guid", told["euf_guid"]), ("slp.session_id", told["session_id"]), ("slp.app_id", told["app_id"]),
                                  (("slp.context", "slp.context_object", "msnobj.xml"), told["context_base64_decoded"])])
    require(("slp.nul" in message["slp.message"]) == told["ends_with_nul"], "NUL")
    context = message["slp.message"]["slp.context"]
    require(context["slp.context_object"]["msnobj.xml"] + "\0" * told["context_trailing_nul"]
            == base64.b64decode(value(context)).decode(), f"context is {value(context)}")


def sb_msg():
    data, told = vector("sb_msg_p2pv1")
    line, _, payload = data.partition(b"\r\n")
    words = line.decode().split()
    require(words == [told["command"], str(told["trid"]), told["ack_type"], str(len(payload))], f"{words}")
    steps = mkpcap.parse(f"@conn SB 192.0.2.10:1821 203.0.113.31:1863 sb\n>>> USR 1 {ALICE} 1.2.3\n<<< USR 1 OK {ALICE} Alice\n")
    steps.append(mkp2p.Raw("SB", True, data))
    event = next(e for e in play(steps) if e["type"] == "event" and e["name"] == "MSG")
    body, wanted = vector(told["body_is"])
    require(payload.endswith(body), "the body is another vector")
    same(event["fields"]["msg.headers"], [(key, told["headers"][key]) for key in told["headers"]])
    same_packet(event, wanted)


def sdg():
    data, told = vector("sdg_p2p")
    line, _, payload = data.partition(b"\r\n")
    require(line.decode() == f"{told['command']} {told['trid']} {told['payload_length']}", line.decode())
    fields = notification(21, ">>> " + line.decode().rsplit(" ", 1)[0], payload)
    same(fields, [("msnp.name", told["command"]), ("msnp.trid", told["trid"]), ("msnp.length", told["payload_length"])])
    require([int(n) for n in fields["p2p.bridging_offset"]] == told["bridging_offsets"], f"{fields['p2p.bridging_offset']}")
    shown = "".join(p["p2p.data"]["hex"] for p in fields["p2p.packet"])
    require(shown == told["reassembled"], shown)
    require(len(fields["p2p.packet"]) == len(told["packets"]), "packets")
    for shown, wanted in zip(fields["p2p.packet"], told["packets"]):
        packet_bytes = bytes.fromhex(wanted)
        same(shown, [("p2p.header_length", packet_bytes[0]), ("p2p.base_id", int.from_bytes(packet_bytes[4:8], "big")),
                     ("p2p.length", int.from_bytes(packet_bytes[2:4], "big")), ("p2p.footer", int.from_bytes(packet_bytes[-4:], "big"))])
        require(wanted[:-8].endswith(shown["p2p.data"]["hex"]), f"{shown['p2p.data']} is not the end of {wanted}")


def file_context(name):
    data, told = vector(name)
    steps = []
    chat = mkp2p.Chat(steps, "SB", 3, ALICE, BOB, "Bob")
    call = mkp2p.Call(mkp2p.Version1(chat, name), chat, True, name)
    call.open(mkp2p.FILE, 2, data)
    records = play(mkpcap.parse(f"@conn SB 192.0.2.10:1821 203.0.113.31:1863 sb\n>>> USR 1 {ALICE} 1.2.3\n<<< USR 1 OK {ALICE} Alice\n") + steps)
    found = [c for e in records if e["type"] == "event" for c in find(e["fields"], "file.context")]
    require(len(found) == 1, f"{len(found)} contexts")
    rows = [("file.context_length", told["length"]), ("file.context_version", told["version"]), ("file.size", told["file_size"]),
            ("file.type", told["type"]), ("file.name", told["file_name"]), ("file.mark", told["unknown2"])]
    if told["preview"]:
        rows.append((("file.preview", "hex"), told["preview"]))
    require(told["preview"] or "file.preview" not in found[0], "a preview")
    require(found[0]["file.reserved"][0]["hex"] == told["reserved30"], f"reserved bytes are {found[0]['file.reserved']}")
    same(found[0], rows)


def find(tree, name):
    """All values of that name anywhere."""
    out = []
    for item in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        out += [item[1]] if item[0] == name else []
        out += find(item[1], name)
    return out


def link(*sides):
    """Events of a connection between clients; sides: (from the client, bytes)."""
    steps = [mkp2p.directive("conn", "Link", "192.0.2.10:1830", "192.0.2.20:6891")]
    steps += [mkp2p.Raw("Link", client, data) for client, data in sides]
    return [e for e in play(steps) if e["type"] == "event"]


def direct(name):
    data, told = vector(name)
    events = link((True, data))
    require([e["name"] for e in events] == ["FOO", "NONCE"], f"{[e['name'] for e in events]}")
    for e, frame in zip(events, told["frames"]):
        payload = support.exact_payload(e)
        require(payload == struct.pack("<I", len(frame) // 2) + bytes.fromhex(frame), f"frame {payload.hex()}")
    require(find(events[1]["fields"], "p2p.nonce") == [told["nonce"]], f"{events[1]['fields']}")
    require(find(events[1]["fields"], "p2p.nonce_hashed") == [told["hashed_nonce"]], f"{events[1]['fields']}")
    if "flags" in told:
        require([value(f) for f in find(events[1]["fields"], "p2p.flags")] == [told["flags"]], "flags")


def msnftp():
    receiver, asked = vector("msnftp_receiver")
    sender, answered = vector("msnftp_sender")
    lines = receiver.split(b"\r\n")
    first, rest = sender.split(b"\r\n", 1)
    fil, blocks = rest.split(b"\r\n", 1)
    events = link((True, lines[0] + b"\r\n"), (False, first + b"\r\n"), (True, lines[1] + b"\r\n"), (False, fil + b"\r\n"),
                  (True, lines[2] + b"\r\n"), (False, blocks), (True, lines[3] + b"\r\n"))
    require([e["line"] for e in events if e["from"] == "client"] == asked["lines"], "lines of the receiver")
    require([e["line"] for e in events if e["from"] == "server" and e["line"]] == answered["lines"], "lines of the sender")
    shown = [e["fields"] for e in events if e["name"] == "DATA"]
    require(len(shown) == len(answered["blocks"]), f"{len(shown)} blocks")
    for fields, block in zip(shown, answered["blocks"]):
        same(fields, [("msnftp.block_type", block["type"]), ("msnftp.block_length", block["length"])])
        require((fields.get("msnftp.data") or {"hex": ""})["hex"] == block["data"], f"{fields}")
    same(events[-1]["fields"], [("msnftp.code", int(asked["bye_code_hex"], 16))])
    require(not any(e["findings"] for e in events), "findings")


def webcam():
    data, told = vector("webcam_frame")
    events = link((True, b"recipientid=1&sessionid=2\r\n\r\n"), (False, b"connected\r\n\r\n"), (True, b"connected\r\n\r\n"), (False, data))
    require(events[-1]["name"] == "FRAME", f"{events[-1]}")
    same(events[-1]["fields"]["webcam.frame"], [
        ("webcam.header_length", told["header_size"]), ("webcam.paused", bool(told["paused"])), ("webcam.width", told["width"]),
        ("webcam.height", told["height"]), ("webcam.key_frame", bool(told["keyframe"])), ("webcam.size", told["payload_size"]),
        ("webcam.fourcc", told["fourcc"]), ("webcam.id", told["unique_id"]), ("webcam.timestamp", told["timestamp"]),
        (("webcam.data", "hex"), told["payload"])])


def split():
    parts = [vector(f"msg_chunk_{n}") for n in (0, 1)]
    fields = [e["fields"] for e in switchboard(11, *(data for data, _ in parts))]
    first, second = (told for _, told in parts)
    same(fields[0], [("msg.message_id", first["message_id"]), ("msg.chunks", first["chunks"]), ("msg.text", first["body"])])
    require("msg.chunk" not in fields[0] and first["index"] == 0, "the first part has an index")
    same(fields[1], [("msg.message_id", second["message_id"]), ("msg.chunk", second["index"]), ("msg.body_text", second["body"])])
    effects, wanted = {"B": "bold", "I": "italic"}, first["format"]
    require(int(wanted["CO"], 16) == int(first["colour_rgb"][4:] + first["colour_rgb"][2:4] + first["colour_rgb"][:2], 16), "CO")
    for shown in (fields[0], fields[1]["msg.joined"]):
        same(shown["msg.format"], [
            ("format.font", wanted["FN"]), ("format.colour", "#" + first["colour_rgb"]), ("format.charset", int(wanted["CS"], 16)),
            ("format.effect", [effects[letter] for letter in wanted["EF"]]), ("format.family", int(wanted["PF"][0])),
            ("format.pitch", int(wanted["PF"][1]))])
    same(fields[1]["msg.joined"], [("msg.text", second["reassembled"])])


def ubx():
    data, told = vector("ubx_media")
    fields = notification_as_it_is(15, data)
    media = fields["presence.data"]["presence.media"]
    same(fields, [("msnp.name", told["command"]), ("msnp.passport", told["account"]), ("msnp.network_id", told["network"])])
    same(fields["presence.data"], [("presence.psm", told["psm"]), ("presence.machine_guid", told["machine_guid"])])
    shown = [media["media.application"], media["media.type"], media["media.enabled"], media["media.format"], *media["media.argument"]]
    wanted = told["current_media"]
    require([value(v) for v in shown] == [wanted[0], wanted[1], wanted[2] == "1", *wanted[3:]], f"{shown}")
    require(media["media.text"] == told["media_rendered"], media["media.text"])


def oim():
    data, told = vector("oim_initial")
    fields = notification_as_it_is(11, data)
    metadata = fields["oim.metadata"]
    same(metadata, [("oim.inbox", told["inbox_total"]), ("oim.inbox_unread", told["inbox_unread"]), ("oim.folders", told["other_total"]),
                    ("oim.folders_unread", told["other_unread"])])
    require(len(metadata["oim.waiting"]) == len(told["messages"]), "messages")
    for shown, wanted in zip(metadata["oim.waiting"], told["messages"]):
        same(shown, [("oim.type", wanted["T"]), ("oim.s", wanted["S"]), ("oim.received", wanted["RT"]), ("oim.read", bool(wanted["RS"])),
                     ("oim.size", wanted["SZ"]), ("oim.from", wanted["E"]), ("oim.id", wanted["I"]), ("oim.folder", wanted["F"]),
                     ("oim.from_name", wanted["N"])])
    same(fields["oim.notice_headers"], [(key, told["urls"][key]) for key in told["urls"]])


def dump(path):
    """A MSG of a switchboard from somebody's dump: every byte lies in a named field."""
    data = support.read_bytes(path)
    line, _, payload = data.partition(b"\r\n")
    client = line.split()[2:3] in ([b"D"], [b"A"], [b"N"], [b"U"])
    steps = mkpcap.parse("@conn NS 192.0.2.10:1820 198.51.100.20:1863 ns\n>>> VER 1 MSNP18 CVR0\n<<< VER 1 MSNP18\n"
                         ">>> XFR 2 SB\n<<< XFR 2 SB 203.0.113.31:1863 CKI 1.2.3 U messenger.msn.com 1\n"
                         f"@conn SB 192.0.2.10:1821 203.0.113.31:1863 sb\n>>> USR 1 {ALICE};{PLACES[0]} 1.2.3\n"
                         f"<<< USR 1 OK {ALICE};{PLACES[0]} Alice\n")
    steps.append(mkp2p.Raw("SB", client, data))
    records = support.read_events(mkpcap.Capture([mkp2p.directive("start", mkp2p.START), *steps], "dump").pcap(), "--ranges")
    event = next(e for e in records if e["type"] == "event" and e["name"] == "MSG")
    got = support.exact_payload(event)
    require(got == payload[:len(got)], "another payload")
    packets = find(event["fields"], "p2p.packet")[0]
    require(all(value(p["p2p.version"]) == 2 and p["p2p.kind"] != "broken" for p in packets), f"{packets}")
    known = payload_coverage.understood(event, len(got))
    require(all(known), f"offset {known.find(0)} lies in no field")


def main():
    tap = support.Tap()
    if not os.path.isdir(VECTORS):
        tap.skip("vectors of the reference", "they are not there")
        return tap.done()
    cases = {name: (packet, name) for name in (
        "p2pv1_dataprep", "p2pv1_data", "p2pv1_ack", "p2pv2_syn", "p2pv2_synack", "p2pv2_ack", "p2pv2_rak", "p2pv2_data_1", "p2pv2_data_2")}
    cases.update({"msnobj": (msnobj,), "slp_invite": (slp,), "slp_invite_chunk1": (slp,), "slp_invite_chunk2": (slp,),
                  "sb_msg_p2pv1": (sb_msg,), "sdg_p2p": (sdg,), "ft_context_v2": (file_context, "ft_context_v2"),
                  "ft_context_v3": (file_context, "ft_context_v3"), "dc_v1_open": (direct, "dc_v1_open"),
                  "dc_v2_open": (direct, "dc_v2_open"), "msnftp_sender": (msnftp,), "msnftp_receiver": (msnftp,),
                  "webcam_frame": (webcam,), "msg_chunk_0": (split,), "msg_chunk_1": (split,), "ubx_media": (ubx,), "oim_initial": (oim,)})
    for name in sorted(os.path.splitext(name)[0] for name in os.listdir(VECTORS) if name.endswith(".bin")):
        if name in cases:
            tap.case(name, every_key, cases[name][0], name, *cases[name][1:])
        else:
            tap.report(name, "no test holds the program against this vector")
    dumps = os.path.join(support.SRCDIR, "..", "shared", "captures", "p2pv2")
    for name in sorted(os.listdir(dumps)) if os.path.isdir(dumps) else ():
        tap.case(name, dump, os.path.join(dumps, name))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
