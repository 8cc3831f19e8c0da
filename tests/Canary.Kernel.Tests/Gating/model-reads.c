/*
 * Loads a file as model loaders do, each way by itself: model-reads HOW FILE. Prints the blocks that were read and those that failed,
 * as in "blocks 64 failed 1 first 17 errno 5", and ends with 1 when something failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { Block = 1 << 20 };

static long blocks, failed, first = -1;
static int error;

static void count(long block, long result)
{
    blocks++;
    if (result >= 0)
        return;
    failed++;
    if (first < 0)
        first = block, error = (int)-result;
}

static int ring;
static unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_mask;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;

static void make_ring(void)
{
    struct io_uring_params p = {0};
    if ((ring = syscall(SYS_io_uring_setup, 4, &p)) < 0)
        perror("io_uring_setup"), exit(2);
    char *sq = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
    char *cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
    sqes = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
    sq_tail = (unsigned *)(sq + p.sq_off.tail), sq_mask = (unsigned *)(sq + p.sq_off.ring_mask), sq_array = (unsigned *)(sq + p.sq_off.array);
    cq_head = (unsigned *)(cq + p.cq_off.head), cq_mask = (unsigned *)(cq + p.cq_off.ring_mask), cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
}

static int submit(struct io_uring_sqe request)
{
    unsigned tail = *sq_tail, at = tail & *sq_mask;
    sqes[at] = request;
    sq_array[at] = at;
    atomic_store_explicit((_Atomic unsigned *)sq_tail, tail + 1, memory_order_release);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
        return -errno;
    int result = cqes[*cq_head & *cq_mask].res;
    atomic_store_explicit((_Atomic unsigned *)cq_head, *cq_head + 1, memory_order_release);
    return result;
}

static long sum(const unsigned char *at, long length)
{
    long s = 0;
    for (long i = 0; i < length; i += 4096)
        s += at[i];
    return s;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return fprintf(stderr, "model-reads open|read|direct|mmap|uring|uring-direct|sendfile FILE\n"), 2;
    const char *how = argv[1];
    int direct = strstr(how, "direct") ? O_DIRECT : 0, ringed = !strncmp(how, "uring", 5);
    if (ringed)
        make_ring();
    int file = ringed ? submit((struct io_uring_sqe){.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)argv[2], .open_flags = O_RDONLY | direct})
                      : open(argv[2], O_RDONLY | direct);
    if (file < 0)
        return printf("open errno %d\n", ringed ? -file : errno), 1;
    struct stat about;
    fstat(file, &about);
    long size = about.st_size;
    unsigned char *buffer;
    if (posix_memalign((void **)&buffer, 4096, Block))
        return 2;
    if (!strcmp(how, "mmap"))
    {
        unsigned char *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
        count(0, map == MAP_FAILED ? -errno : 0);
        if (map != MAP_FAILED)
            sum(map, size);
    }
    else if (!strcmp(how, "sendfile"))
    {
        int sink = memfd_create("sink", 0);
        for (off_t at = 0; at < size;)
        {
            long block = at / Block, sent = sendfile(sink, file, &at, Block);
            count(block, sent < 0 ? -errno : sent);
            if (sent <= 0)
                at = (block + 1) * (off_t)Block;
        }
    }
    else if (strcmp(how, "open"))
    {
        for (long block = 0; block * Block < size; block++)
        {
            long n = ringed ? submit((struct io_uring_sqe){.opcode = IORING_OP_READ, .fd = file, .addr = (unsigned long)buffer, .len = Block, .off = block * (long)Block})
                            : pread(file, buffer, Block, block * (off_t)Block);
            count(block, ringed || n >= 0 ? n : -errno);
        }
    }

    printf("blocks %ld failed %ld first %ld errno %d\n", blocks, failed, first, error);
    return failed > 0;
}
