/* detach COMMAND...: forks twice with setsid between and waits until init has adopted it, then runs the command: no parent to be seen. */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (fork() != 0)
        _exit(0);
    setsid();
    pid_t middle = getpid();
    if (fork() != 0)
        _exit(0);
    while (getppid() == middle)
        usleep(1000);
    execvp(argv[1], argv + 1);
    return perror("execvp"), 2;
}
