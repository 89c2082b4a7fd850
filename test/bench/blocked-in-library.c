/* Sleeps in read(2) of its standard input below functions of libcrypto, whose own headers are not needed. */
#include <stddef.h>

extern void *BIO_new_fd(int fd, int close_flag);
extern void *PEM_read_bio_PrivateKey(void *bio, void **key, void *callback, void *words);

int main(void)
{
	return PEM_read_bio_PrivateKey(BIO_new_fd(0, 0), NULL, NULL, NULL) == NULL;
}
