/*
 * credited-seed BYTES   hands the kernel so many bytes and has them counted as entropy (RNDADDENTROPY, random(4)), as
 *                       systemd-random-seed does with a seed file that an administrator trusts
 *
 * The bytes are no secret: this is a guest of the lab.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	const int bytes = argc > 1 ? atoi(argv[1]) : 0, random = open("/dev/random", O_WRONLY);
	struct rand_pool_info *seed = calloc(1, sizeof(*seed) + 512);
	if (seed == NULL || random < 0 || bytes < 1 || bytes > 512)
		return 2;
	seed->entropy_count = bytes * 8;
	seed->buf_size = bytes;
	memset(seed->buf, 0x5a, bytes);
	return ioctl(random, RNDADDENTROPY, seed) == 0 ? 0 : 1;
}
