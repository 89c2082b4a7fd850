/*
 * pass-on MARK: copies standard input to standard output as it comes, and ends behind the first line that begins with
 * MARK, also where a process still holds the input open. For the output of the lab's scripts: a shell that reads and
 * writes line by line took 5 to 12 s of the host's processor for 100 KB in emulation.
 */
#include <string.h>
#include <unistd.h>

static char buffer[1 << 16];

int main(int argc, char **argv)
{
	const char *mark = argc > 1 ? argv[1] : "";
	size_t length = strlen(mark), matched = 0;
	int differs = 0;
	for (;;) {
		ssize_t count = read(STDIN_FILENO, buffer, sizeof(buffer)), end = 0;
		int ends = 0;
		if (count <= 0)
			return count < 0;
		while (end < count && !ends) {
			char next = buffer[end++];
			if (next == '\n') {
				ends = matched == length && !differs;
				matched = 0;
				differs = 0;
			} else if (matched < length) {
				differs |= next != mark[matched++];
			}
		}
		for (ssize_t written = 0, once; written < end; written += once)
			if ((once = write(STDOUT_FILENO, buffer + written, end - written)) < 0)
				return 1;
		if (ends)
			return 0;
	}
}
