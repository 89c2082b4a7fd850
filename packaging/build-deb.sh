#!/bin/sh
# build-deb.sh [amd64|arm64]: builds build/deb/*.deb from the tarball that `npm run dist` made. Takes
# `apt-get install debhelper dpkg-dev`, for another architecture its cross compiler (crossbuild-essential-arm64) as well.
set -eu
cd "$(dirname "$0")/.."

here=$PWD
architecture=${1:-amd64}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
tar --extract --directory="$top" --file="$(ls build/crngwatch-*.tar.gz)"
cd "$top"/crngwatch-*
cp -R packaging/debian debian
# -d: nodejs may come from elsewhere than a package that dpkg knows.
dpkg-buildpackage --build=binary --unsigned-source --unsigned-changes -d --host-arch="$architecture" >"$top/log" 2>&1 || {
	cat "$top/log" >&2
	exit 1
}
mkdir -p "$here/build/deb"
mv -f "$top"/*.deb "$here/build/deb/"
ls "$here"/build/deb/*.deb
