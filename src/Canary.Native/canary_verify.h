/*
 * canary_verify.h: a loader compares what it has read of a model with models.lock, range by range, wherever the bytes came from: a file, a raw
 * device, another machine, a buffer that a GPU will be fed from. Link with libcanary_verify.so or load it by dlopen.
 *
 * Chunks. A lock has one digest for each MiB of a file, counted from its start; the last chunk ends with the file. canary_verify_range compares
 * each chunk that lies in the range whole at once, without a copy. A part of a chunk at either edge is copied and kept (64 chunks of a model at
 * most), and the chunk is compared by the call that brings the last of it: then that call answers for all of the chunk. So a loader either
 * reads whole chunks, which canary_align names, and may use the bytes on CANARY_VERIFIED; or it streams tensor by tensor, takes
 * CANARY_INCOMPLETE for "go on", and trusts what it has read when canary_pending is 0 and no call said anything else. Headers and the padding
 * between tensors are bytes of chunks like others: a stream that leaves them out leaves their chunks pending.
 *
 * Anything but CANARY_VERIFIED and CANARY_INCOMPLETE is a refusal: do not use the bytes. After CANARY_DIFFERS a range may be read again and
 * handed in again, since a medium can err. The bytes of a buffer must be those that will be used: what changes the buffer later is not seen.
 *
 * All functions may be called from any thread, for the same handle too; a range is compared on the calling thread. None throws, none keeps a
 * pointer. The library carries the .NET runtime: it cannot be unloaded by dlclose, and after fork only the parent may use it. Strings are
 * UTF-8 and end with a zero byte. With canary-avx2.so and canary-avx512.so in the directory of the library it compares several times as fast
 * where the processor allows it.
 */
#ifndef CANARY_VERIFY_H
#define CANARY_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CANARY_ABI_VERSION 1

enum canary_outcome {
    CANARY_VERIFIED = 0,      /* every byte of the range is as the lock says */
    CANARY_DIFFERS = 1,       /* a chunk differs from the lock, or bytes from what was handed in for the same place before */
    CANARY_INCOMPLETE = 2,    /* nothing is wrong so far; bytes at an edge wait for the rest of their chunk */
    CANARY_NOT_COVERED = 3,   /* the range ends behind the end of the locked file */
    CANARY_BAD_ARGUMENT = -1, /* a null pointer */
    CANARY_BAD_HANDLE = -2,   /* not opened, or closed */
    CANARY_NO_LOCK = -3,      /* no lock at that path, or one with a fault */
    CANARY_NOT_LOCKED = -4,   /* the lock does not name the model */
    CANARY_TOO_MANY = -5,     /* more than 64 chunks of a model begun, or 4096 models open */
    CANARY_FAILED = -6        /* anything else: no memory, say */
};

/* CANARY_ABI_VERSION of the library. */
int32_t canary_abi_version(void);

/*
 * Opens one model of a lock: MODEL is its path as the lock has it, or a path of the file, which need not exist. Symbolic links are not followed in
 * it. The lock is read once, here; whoever can write it decides what is verified. A handle above 0, or one of the negative outcomes.
 */
int64_t canary_open(const char *lock_path, const char *model);

/* The size of the locked file in bytes, or a negative outcome. */
int64_t canary_size(int64_t handle);

/* The smallest range of whole chunks around a range, cut at the end of the file. */
int32_t canary_align(int64_t handle, uint64_t offset, uint64_t length, uint64_t *start, uint64_t *aligned);

/* Compares LENGTH bytes at BUFFER, which belong at OFFSET of the file. Ends at the first chunk that differs. */
int32_t canary_verify_range(int64_t handle, uint64_t offset, const void *buffer, uint64_t length);

/* How many bytes have been handed in that wait for the rest of their chunk, or a negative outcome. */
int64_t canary_pending(int64_t handle);

/* Forgets the model and what is pending. A call that runs meanwhile ends as if it had come before. */
int32_t canary_close(int64_t handle);

/*
 * Why the last canary_open, canary_align or canary_verify_range of this thread, or any call that failed, answered what it did, in English: the place
 * and the tensors of a difference, for example. Writes at most SIZE bytes with the zero byte; the length of the whole text without it.
 */
size_t canary_last_error(char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
