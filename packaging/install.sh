#!/bin/sh
# Installs the built program below DESTDIR (default: this machine): what the RPM, the deb and an administrator without
# either do. Nothing goes to /opt, /etc or /var, so it fits hosts whose /usr is an image. ARCH (x64, arm64; default: this
# machine's) chooses koffi's machine code; CC, CFLAGS and LDFLAGS are those of native/build.sh.
set -eu
cd "$(dirname "$0")/.."

destination=${DESTDIR:-}
case ${ARCH:-$(uname -m)} in
x64 | x86_64 | amd64) arch=x64 ;;
arm64 | aarch64) arch=arm64 ;;
*)
	printf '%s\n' "install.sh: Cannot install for '${ARCH:-$(uname -m)}': crngwatch's start object serves x64 and arm64" >&2
	exit 1
	;;
esac
for part in dist/start.cjs node_modules/koffi "node_modules/@koromix/koffi-linux-$arch"; do
	[ -e "$part" ] && continue
	printf '%s\n' "install.sh: Cannot find '$part': run 'npm ci && npm run build' first" >&2
	exit 1
done
sh native/build.sh

program=$destination/usr/lib/crngwatch
rm -rf "$program"
mkdir -p "$program/native" "$destination/usr/bin"
cp -R bin dist package.json "$program/"
rm -rf "$program/dist/man"
[ ! -e native/nonblocking-start.so ] || install -m 0755 native/nonblocking-start.so "$program/native/"
cp packaging/before-removal.sh "$program/bin/before-removal"
chmod 0755 "$program/bin/crngwatch" "$program/bin/before-removal"

# Of a developer's node_modules only what package-lock.json does not mark as for development, and one architecture.
mkdir "$program/node_modules"
node -p 'Object.entries(require("./package-lock.json").packages)
	.filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional)
	.map(([path]) => path).join("\n")' | while read -r package; do
	case $package in
	node_modules/@koromix/koffi-linux-"$arch") ;;
	node_modules/@koromix/*) continue ;;
	esac
	[ -d "$package" ] || continue
	mkdir -p "$program/$(dirname "$package")"
	cp -R "$package" "$program/$package"
done
sh packaging/prune.sh "$program/node_modules"

ln -sf ../lib/crngwatch/bin/crngwatch "$destination/usr/bin/crngwatch"

data() {
	mkdir -p "$destination$2"
	install -m 0644 "$1" "$destination$2/"
}
for unit in systemd/*; do data "$unit" /usr/lib/systemd/system; done
data packaging/preset/80-crngwatch.preset /usr/lib/systemd/system-preset
data packaging/catalog/crngwatch.catalog /usr/lib/systemd/catalog
data packaging/completions/crngwatch /usr/share/bash-completion/completions
data packaging/completions/_crngwatch /usr/share/zsh/site-functions
data packaging/completions/crngwatch.fish /usr/share/fish/vendor_completions.d
data packaging/prometheus/crngwatch.rules.yml /usr/share/crngwatch/prometheus
data packaging/grafana/crngwatch.json /usr/share/crngwatch/grafana
data docs/crngwatch-record.schema.json /usr/share/crngwatch
# Only a release holds them; packaging/man-pages.sh makes them in a checkout.
for page in dist/man/*; do
	[ ! -f "$page" ] || data "$page" "/usr/share/man/man${page##*.}"
done
[ ! -e sbom.cdx.json ] || data sbom.cdx.json /usr/share/crngwatch
