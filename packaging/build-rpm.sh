#!/bin/sh
# build-rpm.sh [x86_64|aarch64]: builds build/rpm/*.rpm from the tarball that `npm run dist` made. On Fedora with
# rpmbuild's own macros; on Debian (apt-get install rpm selinux-policy-dev, gcc-aarch64-linux-gnu libc6-dev-arm64-cross
# for aarch64) with rpm/macros.stand-in.
set -eu
cd "$(dirname "$0")/.."

here=$PWD
target=${1:-x86_64}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir -p "$top/SOURCES" build/rpm
cp build/crngwatch-*.tar.gz "$top/SOURCES/"
set -- --quiet -bb --target "$target-linux" --define "_topdir $top" packaging/rpm/crngwatch.spec

if [ "$(rpm --eval '%{?_unitdir}')" = "" ]; then
	case $target in
	x86_64) machine='-m64 -march=x86-64 -mtune=generic -fcf-protection -mno-omit-leaf-frame-pointer' prefix= ;;
	aarch64) machine=-mbranch-protection=standard prefix=aarch64-linux-gnu- ;;
	esac
	# Debian's rpm does not know which Debian packages are there.
	# Not --load: --target reads all macros anew.
	macros=$(rpmbuild --showrc | sed -n 's/^Macro path: //p')
	set -- --nodeps --macros "$macros:$here/packaging/rpm/macros.stand-in" --define "__cc ${prefix}gcc" --define "__strip ${prefix}strip" \
		--define "__objdump ${prefix}objdump" --define "stand_in_machine_cflags $machine" "$@"
fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(gzip -dc "$top"/SOURCES/*.tar.gz | tar --list --verbose --full-time --utc |
	awk 'NR == 1 { print $4 " " $5 }' | xargs -I{} date --utc --date={} +%s)} \
	rpmbuild "$@"
find "$top/RPMS" -name '*.rpm' -exec mv -f {} "$here/build/rpm/" \;
ls "$here"/build/rpm/*.rpm
