"""stream-gguf.py LIBRARY LOCK MODEL FILE TENSOR...: a loader in Python that brings single tensors to memory and uses none that is not verified.

A tensor is NAME:OFFSET:LENGTH. Prints LOADED and the sum of each, or REFUSED and the reason, which is the library's.
"""
import array
import ctypes
import os
import sys

library, lock, model, path, *tensors = sys.argv[1:]
canary = ctypes.CDLL(library)
canary.canary_open.restype = ctypes.c_int64
canary.canary_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
canary.canary_align.argtypes = [ctypes.c_int64, ctypes.c_uint64, ctypes.c_uint64, ctypes.POINTER(ctypes.c_uint64), ctypes.POINTER(ctypes.c_uint64)]
canary.canary_verify_range.argtypes = [ctypes.c_int64, ctypes.c_uint64, ctypes.c_char_p, ctypes.c_uint64]
canary.canary_last_error.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
canary.canary_last_error.restype = ctypes.c_size_t


def refuse(what):
    words = ctypes.create_string_buffer(2048)
    canary.canary_last_error(words, len(words))
    print("REFUSED", what, words.value.decode())
    sys.exit(1)


handle = canary.canary_open(lock.encode(), model.encode())
if handle <= 0:
    refuse("open")
file = os.open(path, os.O_RDONLY)
for tensor in tensors:
    name, offset, length = tensor.rsplit(":", 2)
    offset, length = int(offset), int(length)
    start, aligned = ctypes.c_uint64(), ctypes.c_uint64()
    if canary.canary_align(handle, offset, length, start, aligned) != 0:
        refuse(name)
    chunks = os.pread(file, aligned.value, start.value)
    if canary.canary_verify_range(handle, start.value, chunks, len(chunks)) != 0:
        refuse(name)
    print("LOADED", name, sum(array.array("f", chunks[offset - start.value:][:length])))
