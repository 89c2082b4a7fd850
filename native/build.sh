#!/bin/sh
# Builds nonblocking-start.so beside its source (`npm run build` does). A ready CRNG does not need it, so nothing here fails a build:
# what could not be built is said, with what it costs. CC, CFLAGS and LDFLAGS are respected.
set -u
case $0 in
*/*) cd "${0%/*}" || exit 1 ;;
esac
sources="nonblocking-start.c drop-capabilities.c unix-socket.c"
object=nonblocking-start.so

not_built() {
	printf '%s\n' "native/$object was not built: $1" \
		"Without it crngwatch starts only when the CRNG is ready: the daemon is late, and every other verb is refused until then" >&2
	exit 0
}

is_current() {
	[ -e "$object" ] || return 1
	for part in $sources kernel-call.h build.sh; do
		# shellcheck disable=SC3013 # -nt: in every sh, and in POSIX since 2024
		[ ! "$part" -nt "$object" ] || return 1
	done
}
! is_current || exit 0

if [ -n "${CC:-}" ]; then
	compiler=$CC
else
	for compiler in cc gcc clang ''; do
		command -v "$compiler" >/dev/null 2>&1 && break
	done
	[ -n "$compiler" ] || not_built "there is no C compiler (looked for cc, gcc and clang; CC names another)"
fi

# $compiler is split into words on purpose here and below: CC="ccache gcc".
machine=$($compiler -dumpmachine) || not_built "'$compiler' does not run"
architecture_flags=
case $machine in
x86_64-*) ;;
aarch64-*)
	# GCC's out-of-line atomics would bring a constructor with them.
	if $compiler -mno-outline-atomics -E -x c /dev/null >/dev/null 2>&1; then
		architecture_flags=-mno-outline-atomics
	fi
	;;
*) not_built "it serves x86-64 and aarch64 only, not '$machine'" ;;
esac

# Under a name of its own and moved into place, since a running crngwatch may have the old one mapped.
new=$object.$$
trap 'rm -f "$new"' EXIT
# -nostartfiles: nothing of the C run-time's start-up code, so no constructors.
# shellcheck disable=SC2086
if $compiler -std=c11 -O2 -Wall -Wextra -Wpedantic ${CFLAGS:-} $architecture_flags -fPIC -fvisibility=hidden \
	-shared -nostartfiles -Wl,-z,defs -Wl,-z,relro -Wl,-z,now ${LDFLAGS:-} -o "$new" $sources; then
	mv -f "$new" "$object"
else
	not_built "'$compiler' failed"
fi
