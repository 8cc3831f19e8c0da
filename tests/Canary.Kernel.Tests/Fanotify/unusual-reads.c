/* Reads of a file that no open(2) of its path shows: unusual-reads uring|opath|mmap FILE */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what)
{
    perror(what);
    exit(1);
}

static int by_ring(const char *path)
{
    struct io_uring_params p;
    memset(&p, 0, sizeof p);
    int ring = (int)syscall(SYS_io_uring_setup, 4, &p);
    if (ring < 0)
        fail("io_uring_setup");
    size_t sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned);
    size_t cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
    char *sq = mmap(0, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
    char *cq = mmap(0, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
    struct io_uring_sqe *entries = mmap(0, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
                                        MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
    if (sq == MAP_FAILED || cq == MAP_FAILED || entries == MAP_FAILED)
        fail("mmap of the ring");
    memset(&entries[0], 0, sizeof entries[0]);
    entries[0].opcode = IORING_OP_OPENAT;
    entries[0].flags = IOSQE_ASYNC; /* by a worker thread, not by the caller */
    entries[0].fd = AT_FDCWD;
    entries[0].addr = (unsigned long)path;
    entries[0].open_flags = O_RDONLY;
    ((unsigned *)(sq + p.sq_off.array))[0] = 0;
    __atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) < 0)
        fail("io_uring_enter");
    return ((struct io_uring_cqe *)(cq + p.cq_off.cqes))[0].res;
}

int main(int argc, char **argv)
{
    char buffer[16] = "";
    int file = -1;
    if (argc != 3)
        return 2;
    if (!strcmp(argv[1], "uring")) {
        file = by_ring(argv[2]);
    } else if (!strcmp(argv[1], "opath")) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", open(argv[2], O_PATH));
        file = open(link, O_RDONLY);
    } else if (!strcmp(argv[1], "mmap")) {
        file = open(argv[2], O_RDONLY);
        char *mapped = mmap(0, 1, PROT_READ, MAP_PRIVATE, file, 0);
        if (mapped == MAP_FAILED)
            fail("mmap");
        putchar(*mapped);
        return 0;
    }
    if (file < 0 || read(file, buffer, sizeof buffer - 1) <= 0)
        fail("read");
    puts(buffer);
    return 0;
}
