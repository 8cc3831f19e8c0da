/* Reads a file without open(2) or read(2): io_uring opens and reads it. Prints what it read. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int ring;
static unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_mask;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;

static int submit(struct io_uring_sqe request)
{
    unsigned tail = *sq_tail, at = tail & *sq_mask;
    sqes[at] = request;
    sq_array[at] = at;
    atomic_store_explicit((_Atomic unsigned *)sq_tail, tail + 1, memory_order_release);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
        return -1;
    int result = cqes[*cq_head & *cq_mask].res;
    atomic_store_explicit((_Atomic unsigned *)cq_head, *cq_head + 1, memory_order_release);
    return result;
}

int main(int argc, char **argv)
{
    struct io_uring_params p = {0};
    static char text[4096];
    if (argc != 2 || (ring = syscall(SYS_io_uring_setup, 4, &p)) < 0)
        return perror("io_uring_setup"), 2;

    char *sq = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
    char *cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
    sqes = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
    if (sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED)
        return perror("mmap"), 2;
    sq_tail = (unsigned *)(sq + p.sq_off.tail);
    sq_mask = (unsigned *)(sq + p.sq_off.ring_mask);
    sq_array = (unsigned *)(sq + p.sq_off.array);
    cq_head = (unsigned *)(cq + p.cq_off.head);
    cq_mask = (unsigned *)(cq + p.cq_off.ring_mask);
    cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);

    int file = submit((struct io_uring_sqe){.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)argv[1], .open_flags = O_RDONLY});
    if (file < 0)
        return fprintf(stderr, "io_uring open: %s\n", strerror(-file)), 1;
    int length = submit((struct io_uring_sqe){.opcode = IORING_OP_READ, .fd = file, .addr = (unsigned long)text, .len = sizeof text});
    if (length < 0)
        return fprintf(stderr, "io_uring read: %s\n", strerror(-length)), 1;
    return write(STDOUT_FILENO, text, length) != length;
}
