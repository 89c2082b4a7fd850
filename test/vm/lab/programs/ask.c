/*
 * ask SOCKET METHOD: calls a Varlink method without parameters and prints the reply as it came, a line of JSON. A start of
 * Node takes 1.7 s of an emulated processor, which is most of what `crngwatch status --json` costs.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char buffer[1 << 16];

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int length, server = socket(AF_UNIX, SOCK_STREAM, 0);
	if (argc != 3 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 2;
	strcpy(address.sun_path, argv[1]);
	/* A message ends with its null byte, which is sent as well. */
	length = snprintf(buffer, sizeof(buffer), "{\"method\":\"%s\"}", argv[2]) + 1;
	if (server < 0 || connect(server, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    write(server, buffer, length) != length) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		ssize_t count = read(server, buffer, sizeof(buffer));
		if (count <= 0) {
			fprintf(stderr, "%s: closed before the end of its reply\n", argv[1]);
			return 1;
		}
		int ends = buffer[count - 1] == '\0';
		if (fwrite(buffer, 1, count - ends, stdout) != (size_t)(count - ends))
			return 1;
		if (ends)
			return putchar('\n') == EOF || fflush(stdout) != 0;
	}
}
