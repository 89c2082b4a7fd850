/*
 * A task whose memory cannot be read: it reads its own /proc/PID/mem where a file of FUSE is mapped that nobody serves,
 * and so holds its mmap_lock; its next mmap(2) queues for that lock, and every later reader behind it. Usage:
 * silent-memory FOLDER, where FOLDER is empty. Needs root, for the mount. Prints its pid, and lasts until its standard
 * input ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

enum { page = 4096, size = 1 << 20 };
static char path[4096];

static void answer(int fuse, uint64_t unique, int error, const void *body, size_t bytes)
{
	char reply[512];
	struct fuse_out_header header = { .len = sizeof header + bytes, .error = error, .unique = unique };

	memcpy(reply, &header, sizeof header);
	memcpy(reply + sizeof header, body, bytes);
	(void)!write(fuse, reply, sizeof header + bytes);
}

static struct fuse_attr attributes(uint64_t node)
{
	struct fuse_attr attr = { .ino = node, .size = size, .nlink = 1, .mode = node == 1 ? S_IFDIR | 0755 : S_IFREG | 0644 };
	return attr;
}

/* Serves one file, "file", of which no byte is ever read. */
static void serve(int fuse)
{
	static char request[1 << 18];
	struct fuse_in_header *in = (void *)request;

	while (read(fuse, request, sizeof request) > 0) {
		switch (in->opcode) {
		case FUSE_INIT: {
			struct fuse_init_out out = { .major = 7, .minor = 31, .max_write = page, .max_readahead = 0 };
			answer(fuse, in->unique, 0, &out, sizeof out);
			break;
		}
		case FUSE_LOOKUP: {
			struct fuse_entry_out out = { .nodeid = 2, .attr_valid = 60, .entry_valid = 60, .attr = attributes(2) };
			answer(fuse, in->unique, 0, &out, sizeof out);
			break;
		}
		case FUSE_GETATTR: {
			struct fuse_attr_out out = { .attr_valid = 60, .attr = attributes(in->nodeid) };
			answer(fuse, in->unique, 0, &out, sizeof out);
			break;
		}
		case FUSE_OPEN: {
			struct fuse_open_out out = { .fh = 1 };
			answer(fuse, in->unique, 0, &out, sizeof out);
			break;
		}
		case FUSE_READ:
		case FUSE_FORGET:
		case FUSE_INTERRUPT:
			break;
		default:
			answer(fuse, in->unique, -38 /* ENOSYS */, NULL, 0);
		}
	}
}

/* Holds the memory's lock for reading (access_remote_vm() of mm/memory.c) until the file is read. */
static void *hold(void *mapped)
{
	static char byte;
	int mem = open("/proc/self/mem", O_RDONLY);

	(void)!pread(mem, &byte, 1, (off_t)(uintptr_t)mapped);
	return NULL;
}

int main(int argc, char **argv)
{
	char options[128];
	int fuse = open("/dev/fuse", O_RDWR);
	pid_t child;

	setpgid(0, 0);
	if (argc < 2 || fuse < 0) return perror("/dev/fuse"), 2;
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	if (mount("silent", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) != 0) return perror("mount"), 2;
	snprintf(path, sizeof path, "%s/file", argv[1]);
	child = fork();
	if (child == 0) {
		int file;
		void *mapped;
		pthread_t thread;

		close(fuse);
		file = open(path, O_RDONLY);
		mapped = mmap(NULL, page, PROT_READ, MAP_PRIVATE, file, 0);
		if (file < 0 || mapped == MAP_FAILED) return perror(path), 2;
		/* Their stacks are mapped before the lock is held. */
		pthread_create(&thread, NULL, hold, mapped);
		usleep(200000);
		printf("%d\n", getpid());
		fflush(stdout);
		/* Asks for the lock for writing: a task that asks for reading after that waits behind. */
		mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		_exit(1);
	}
	if (fork() == 0) {
		serve(fuse);
		_exit(0);
	}
	/* The connection ends with the last descriptor of it, and whatever waits for an answer with the connection. */
	while (read(0, path, 1) > 0)
		continue;
	kill(0, SIGKILL);
	return 0;
}
