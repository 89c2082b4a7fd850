/*
 * Unix sockets without an event loop. Node itself has them in node:net alone, which loads 28 modules and takes 5 ms,
 * as long as all the rest of `crngwatch status`. Here are the two calls that node:fs lacks; it reads and writes the
 * descriptor.
 *
 * They are in this object because it is loaded anyway. Node-API is part of Node and the same in all versions of it. Its
 * few declarations are written out, so that a build needs no headers of Node. They are weak, because the loader also
 * puts this object into programs that are not Node; nothing calls them there.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#include "kernel-call.h"

/* js_native_api_types.h: pointers to what only Node knows, and a status that is 0 where a call succeeded. */
typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef int napi_status;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);

#define WEAK __attribute__((weak))
WEAK napi_status napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
WEAK napi_status napi_get_value_string_utf8(napi_env, napi_value, char *, size_t, size_t *);
WEAK napi_status napi_get_value_int32(napi_env, napi_value, int32_t *);
WEAK napi_status napi_create_int32(napi_env, int32_t, napi_value *);
WEAK napi_status napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
WEAK napi_status napi_set_named_property(napi_env, napi_value, const char *, napi_value);

/* struct pollfd and POLLIN, which are the kernel's own. */
struct watched {
	int fd;
	short events;
	short happened;
};
static const short readable = 0x0001;

static napi_value number(napi_env env, long value)
{
	napi_value result = NULL;

	napi_create_int32(env, (int32_t)value, &result);
	return result;
}

static long connected(const struct sockaddr_un *address, size_t length)
{
	long failure, fd = kernel(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, 0, 0, 0);

	if (fd < 0)
		return fd;
	failure = kernel(SYS_connect, fd, (long)address, (long)length, 0, 0, 0);
	if (failure == 0)
		return fd;
	kernel(SYS_close, fd, 0, 0, 0, 0, 0);
	return failure;
}

/*
 * connectUnix(path): a descriptor that does not block, or an errno, negative. Such a socket connects at once or not at
 * all, unix(7): EAGAIN is a full queue.
 */
static napi_value connect_unix(napi_env env, napi_callback_info call)
{
	struct sockaddr_un address;
	napi_value path = NULL;
	size_t count = 1, length = 0;

	if (napi_get_cb_info(env, call, &count, &path, NULL, NULL) != 0 ||
	    napi_get_value_string_utf8(env, path, NULL, 0, &length) != 0)
		return number(env, -EINVAL);
	if (length >= sizeof(address.sun_path))
		return number(env, -ENAMETOOLONG);
	address.sun_family = AF_UNIX;
	napi_get_value_string_utf8(env, path, address.sun_path, sizeof(address.sun_path), &length);
	return number(env, connected(&address, offsetof(struct sockaddr_un, sun_path) + length + 1));
}

/*
 * waitReadable(descriptor, milliseconds): 1 when there is something to read, or the other side has gone; 0 after that
 * time, or a negative errno: EINTR after a signal.
 */
static napi_value wait_readable(napi_env env, napi_callback_info call)
{
	napi_value arguments[2] = {NULL, NULL};
	size_t count = 2;
	int32_t fd, milliseconds;

	if (napi_get_cb_info(env, call, &count, arguments, NULL, NULL) != 0 ||
	    napi_get_value_int32(env, arguments[0], &fd) != 0 ||
	    napi_get_value_int32(env, arguments[1], &milliseconds) != 0 || milliseconds < 0)
		return number(env, -EINVAL);

	struct watched watched = {.fd = fd, .events = readable};
	struct timespec most = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};

	return number(env, kernel(SYS_ppoll, (long)&watched, 1, (long)&most, 0, 0, 0));
}

static void add(napi_env env, napi_value exports, const char *name, napi_callback function)
{
	napi_value value = NULL;

	if (napi_create_function(env, name, SIZE_MAX, function, NULL, &value) == 0)
		napi_set_named_property(env, exports, name, value);
}

/* What process.dlopen() calls. */
napi_value napi_register_module_v1(napi_env env, napi_value exports);
EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
	add(env, exports, "connectUnix", connect_unix);
	add(env, exports, "waitReadable", wait_readable);
	return exports;
}
