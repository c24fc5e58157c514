/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a command several times with its standard output and error thrown away, and prints the shortest wall clock time
 * and processor time (user and system), in seconds, and the largest memory, in kB.
 *
 * usage: measure RUNS COMMAND [ARGUMENT]...
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void child(char **command)
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(127);
	execvp(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	double wall = 0, cpu = 0;
	long memory = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: measure RUNS COMMAND [ARGUMENT]...\n");
		return 2;
	}
	for (int run = 0; run < atoi(argv[1]); run++) {
		struct rusage usage;
		double start = now(), took;
		int status;
		pid_t pid = fork();

		if (pid == 0)
			child(argv + 2);
		if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
			perror("measure");
			return 1;
		}
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			fprintf(stderr, "measure: %s failed\n", argv[2]);
			return 1;
		}
		took = now() - start;
		if (run == 0 || took < wall)
			wall = took;
		took = seconds(usage.ru_utime) + seconds(usage.ru_stime);
		if (run == 0 || took < cpu)
			cpu = took;
		if (usage.ru_maxrss > memory)
			memory = usage.ru_maxrss;
	}
	printf("%.3f %.3f %ld\n", wall, cpu, memory);
	return 0;
}
