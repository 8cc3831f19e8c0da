/* storm COUNT EVERY: runs /bin/true COUNT times as fast as two workers can. Each EVERY-th run has an argument of its own, storm-sample-XXXX, and a
   line "storm-sample-XXXX pid worker storm" on stdout. */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int work(int first, int count, int every)
{
    for (int n = first; n < count; n += 2) {
        char name[32];
        /* letters only: an alert's identity leaves digits out, and each sample is to be an alert of its own */
        snprintf(name, sizeof name, "storm-sample-%c%c%c%c", 'a' + n / 17576 % 26, 'a' + n / 676 % 26, 'a' + n / 26 % 26, 'a' + n % 26);
        char *sample[] = {"true", name, NULL}, *plain[] = {"true", NULL};
        pid_t child;
        int sampled = n % every == every - 1;
        if (posix_spawn(&child, "/bin/true", NULL, NULL, sampled ? sample : plain, environ) != 0)
            return 1;
        if (sampled)
            printf("%s %d %d %d\n", name, child, getpid(), getppid());
        if (waitpid(child, NULL, 0) != child)
            return 1;
    }
    return fflush(stdout);
}

int main(int argc, char **argv)
{
    int bad = 0, status;
    if (argc == 4) {
        /* whole lines: both workers write to one file */
        setvbuf(stdout, NULL, _IOLBF, 0);
        return work(atoi(argv[3]), atoi(argv[1]), atoi(argv[2]));
    }
    if (argc != 3)
        return 2;
    for (int worker = 0; worker < 2; worker++)
        if (fork() == 0) {
            char *again[] = {argv[0], argv[1], argv[2], worker ? "1" : "0", NULL};
            execv("/proc/self/exe", again);
            _exit(2);
        }
    while (wait(&status) > 0)
        bad |= status;
    return bad != 0;
}
