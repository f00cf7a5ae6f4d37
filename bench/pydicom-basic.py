"""The basic profile by pydicom, as one writes it with that library: pydicom-basic.py TABLE INPUT OUTPUT

TABLE is the profile's effective table as JSON, {"tags": {"00100010": "empty"}, "others": {"LO": "remove"}}. Each attribute
at any depth gets its action, UIDs and the patient's number are keyed, the marks are written. Characters are not decided, nothing is
verified, and what the gate would hold is let through. The last line says how many files took how many seconds.
"""
import hmac
import json
import os
import sys
import time

import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID_dictionary

DUMMIES = {"DA": "19000101", "TM": "000000", "DT": "19000101000000", "AS": "000D", "DS": "0", "IS": "0"}
TEXT = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"}
KEY = os.urandom(32)
# what was written is emptied in between: see gate-batches.ts
BATCH_FILES = 384

table_file, source, output = sys.argv[1:]
with open(table_file) as file:
    table = json.load(file)
tags = {int(tag, 16): action for tag, action in table["tags"].items()}
others = table["others"]


def keyed(value):
    return int.from_bytes(hmac.digest(KEY, value.encode(), "sha256")[:16], "big")


def new_uid(value):
    return value if value in UID_dictionary else "2.25." + str(keyed(value))


def clear(data, element):
    tag, vr = element.tag, element.VR
    if tag.is_private:
        action = "remove"
    else:
        action = tags.get(tag) or others.get(vr, "keep")
    if action == "remove":
        del data[tag]
    elif action == "empty":
        element.value = Sequence() if vr == "SQ" else ""
    elif action == "dummy":
        if vr in TEXT:
            element.value = "REMOVED"
        elif vr in DUMMIES:
            element.value = DUMMIES[vr]
        else:
            del data[tag]
    elif action == "uid":
        value = element.value
        if isinstance(value, str):
            element.value = new_uid(value)
        elif value:
            element.value = [new_uid(one) for one in value]
    elif action == "pseudonym":
        element.value = "P%016X" % (keyed(str(element.value)) >> 64)


def marked(data):
    method = Dataset()
    method.CodeValue = "113100"
    method.CodingSchemeDesignator = "DCM"
    method.CodeMeaning = "Basic Application Confidentiality Profile"
    data.PatientIdentityRemoved = "YES"
    data.DeidentificationMethod = "basic"
    data.DeidentificationMethodCodeSequence = Sequence([method])
    data.LongitudinalTemporalInformationModified = "REMOVED"
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID


names = sorted(os.listdir(source))
seconds = 0.0
for at in range(0, len(names), BATCH_FILES):
    started = time.perf_counter()
    for name in names[at : at + BATCH_FILES]:
        data = pydicom.dcmread(os.path.join(source, name))
        data.walk(clear)
        marked(data)
        data.save_as(os.path.join(output, name))
    seconds += time.perf_counter() - started
    for name in os.listdir(output):
        os.truncate(os.path.join(output, name), 0)
print(json.dumps({"done": len(names), "seconds": seconds, "peakMb": 0}))
