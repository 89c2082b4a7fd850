/*
 * The first process of May 2018: before it is the real init it loads libgcrypt, which in FIPS mode tests itself and
 * brings up its random number generator, and that waits for the CRNG. Fedora's library did so as it was loaded.
 * Debian's has no such constructor, and since 1.11 its self-tests draw nothing, so here it is asked for a nonce as
 * well. It takes the kernel's FIPS mode from /proc, which systemd mounts before it loads such libraries on demand.
 */
#include <stddef.h>
#include <sys/mount.h>
#include <unistd.h>

extern const char *gcry_check_version(const char *required);
extern void gcry_create_nonce(void *buffer, size_t length);

int main(int argc, char **argv)
{
	char nonce[8];
	(void)argc;
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL) != 0)
		return 1;
	if (gcry_check_version(NULL) == NULL)
		return 1;
	gcry_create_nonce(nonce, sizeof(nonce));
	argv[0] = "/usr/lib/systemd/systemd";
	execv(argv[0], argv);
	return 1;
}
