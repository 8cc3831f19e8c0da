/* memfd_exec PROGRAM ARGS...: runs a copy of PROGRAM that lies in no file system, by execveat of a memfd. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
    struct stat about;
    int from = argc < 2 ? -1 : open(argv[1], O_RDONLY | O_CLOEXEC);
    int to = memfd_create("update", MFD_CLOEXEC);
    if (from < 0 || to < 0 || fstat(from, &about) < 0)
        return perror("memfd_exec"), 2;
    for (off_t at = 0; at < about.st_size;)
        if (sendfile(to, from, &at, about.st_size - at) <= 0)
            return perror("sendfile"), 2;
    syscall(SYS_execveat, to, "", argv + 1, environ, AT_EMPTY_PATH);
    return perror("execveat"), 2;
}
