/*
 * verify_stream LIBRARY LOCK MODEL FILE STEP [whole]: reads FILE from its start by STEP bytes, as a loader that streams does, and has each piece
 * compared with MODEL of LOCK; with "whole" it reads the whole chunks around each piece. Prints OK and exits with 0 when every byte was
 * verified; else prints what was said and exits with 1.
 */
#include <canary_verify.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static __typeof__(canary_abi_version) *abi_version;
static __typeof__(canary_open) *open_model;
static __typeof__(canary_size) *size_of;
static __typeof__(canary_align) *align_range;
static __typeof__(canary_verify_range) *verify_range;
static __typeof__(canary_pending) *pending;
static __typeof__(canary_close) *close_model;
static __typeof__(canary_last_error) *last_error;

static int said(const char *what, long outcome)
{
    char words[2048];
    size_t length = last_error(words, sizeof(words));
    printf("%s %ld: %s\n", what, outcome, words);
    return length == strlen(words) ? 1 : 3;
}

int main(int argc, char **argv)
{
    void *library = argc < 6 ? NULL : dlopen(argv[1], RTLD_NOW);
    if (!library || !(abi_version = dlsym(library, "canary_abi_version")) || !(open_model = dlsym(library, "canary_open")) ||
        !(size_of = dlsym(library, "canary_size")) || !(align_range = dlsym(library, "canary_align")) || !(verify_range = dlsym(library, "canary_verify_range")) ||
        !(pending = dlsym(library, "canary_pending")) || !(close_model = dlsym(library, "canary_close")) || !(last_error = dlsym(library, "canary_last_error")))
        return fprintf(stderr, "verify_stream: %s\n", dlerror()), 2;
    if (abi_version() != CANARY_ABI_VERSION)
        return fprintf(stderr, "verify_stream: another version\n"), 2;

    int64_t model = open_model(argv[2], argv[3]);
    if (model <= 0)
        return said("open", model);
    uint64_t size = size_of(model), step = strtoull(argv[5], NULL, 10);
    int whole = argc > 6 && strcmp(argv[6], "whole") == 0, file = open(argv[4], O_RDONLY | O_CLOEXEC);
    char *buffer = malloc(size + 1);
    if (file < 0 || !buffer)
        return perror(argv[4]), 2;
    for (uint64_t at = 0; at < size; at += step) {
        uint64_t start = at, length = step < size - at ? step : size - at;
        int outcome = whole ? align_range(model, at, length, &start, &length) : CANARY_VERIFIED;
        if (outcome != CANARY_VERIFIED)
            return said("align", outcome);
        if (pread(file, buffer, length, start) != (ssize_t)length)
            return perror(argv[4]), 2;
        outcome = verify_range(model, start, buffer, length);
        if (outcome != CANARY_VERIFIED && (whole || outcome != CANARY_INCOMPLETE))
            return said("verify", outcome);
    }
    if (pending(model) != 0)
        return said("pending", pending(model));

    /* What a loader with a fault may do must end in an answer. */
    if (verify_range(model, size, buffer, 1) != CANARY_NOT_COVERED || verify_range(model, ~0ull, buffer, ~0ull) != CANARY_NOT_COVERED ||
        verify_range(model, 0, NULL, 1) != CANARY_BAD_ARGUMENT || verify_range(model, 0, NULL, 0) != CANARY_VERIFIED ||
        align_range(model, 0, 1, NULL, NULL) != CANARY_BAD_ARGUMENT || open_model(NULL, "") != CANARY_BAD_ARGUMENT ||
        open_model(argv[0], argv[3]) != CANARY_NO_LOCK || open_model("/", argv[3]) != CANARY_NO_LOCK || open_model(argv[2], "another") != CANARY_NOT_LOCKED ||
        last_error(NULL, 0) == 0 || last_error(buffer, 1) == 0 || buffer[0] != 0)
        return said("misuse", 0);
    if (close_model(model) != CANARY_VERIFIED || close_model(model) != CANARY_BAD_HANDLE || verify_range(model, 0, buffer, 1) != CANARY_BAD_HANDLE ||
        pending(model) != CANARY_BAD_HANDLE || size_of(-1) != CANARY_BAD_HANDLE)
        return said("closed", 0);
    puts("OK");
    return 0;
}
