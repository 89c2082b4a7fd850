/*
 * Programs that link libcrypto and libgcrypt, for the lab. Which of them, or none, asks for random bytes is what
 * crngwatch has to find out:
 *
 *   callers own        calls getrandom(2) itself, for 77 bytes
 *   callers openssl    calls RAND_bytes() of libcrypto
 *   callers gcrypt     calls gcry_randomize() of libgcrypt
 *   callers device     reads /dev/random itself
 *   callers none       draws nothing
 *
 * Each reads a byte from its standard input before it asks, so that a test can let several of them ask at the same
 * time.
 *
 * The libraries' own headers are not needed: their functions are declared here.
 */
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

extern int RAND_bytes(unsigned char *buffer, int bytes);
extern const char *gcry_check_version(const char *version);
extern void gcry_randomize(void *buffer, size_t bytes, int level);

/* Not inlined, so that there is a frame of the program's own between main() and the library. */
static __attribute__((noinline)) int draw(const char *how)
{
	unsigned char bytes[77];
	if (strcmp(how, "openssl") == 0)
		return RAND_bytes(bytes, 16) == 1 ? 0 : 1;
	if (strcmp(how, "gcrypt") == 0) {
		gcry_check_version(NULL);
		gcry_randomize(bytes, 16, 1);
		return 0;
	}
	if (strcmp(how, "device") == 0)
		return read(open("/dev/random", O_RDONLY), bytes, sizeof(bytes)) > 0 ? 0 : 1;
	if (strcmp(how, "none") == 0)
		return 0;
	return getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes) ? 0 : 1;
}

int main(int count, char **words)
{
	char start;
	if (read(STDIN_FILENO, &start, 1) < 0)
		return 2;
	int failed = draw(count > 1 ? words[1] : "own");
	/* Used behind the call, so that no compiler makes it the last. */
	return write(STDOUT_FILENO, "", 0) == 0 ? failed : 2;
}
