#!/bin/sh
# Makes the release: build/crngwatch-VERSION.tar.gz with the sources, the built program, the packages that it needs when it
# runs (of both architectures) and their bill of materials (SBOM, CycloneDX). rpmbuild and dpkg-buildpackage need nothing
# else and no network. The same commit gives the same bytes in any folder: names are sorted, owners and times are fixed
# (SOURCE_DATE_EPOCH, else the time of the commit). Run it as `npm run dist`; it takes what git has, and what was built.
set -eu
cd "$(dirname "$0")/.."

version=$(node -p 'require("./package.json").version')
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
name=crngwatch-$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/$name
mkdir "$stage"

# The sources, without the tests: their fixtures are ten times as large as all the rest.
git ls-files -z -- . ':!test' ':!.ci' | xargs -0 cp --parents -t "$stage"
cp -r dist "$stage/"
# Converted here, so that who builds a package from it needs no go-md2man.
SOURCE_DATE_EPOCH=$epoch sh packaging/man-pages.sh "$stage/dist/man"

# koffi has a package for each platform, and npm installs that of one.
mkdir "$work/arm64"
for folder in "$stage" "$work/arm64"; do
	cpu=x64
	[ "$folder" = "$stage" ] || {
		cpu=arm64
		cp package.json package-lock.json .npmrc "$folder/"
	}
	(cd "$folder" && npm ci --silent --omit=dev --ignore-scripts --no-audit --no-fund --os=linux --cpu=$cpu)
done
mv "$work/arm64/node_modules/@koromix/koffi-linux-arm64" "$stage/node_modules/@koromix/"

SOURCE_DATE_EPOCH=$epoch node packaging/sbom.cjs "$stage" >"$stage/sbom.cdx.json"
sh packaging/prune.sh "$stage/node_modules"

mkdir -p build
tar --create --directory="$work" --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner \
	--mode=u=rwX,go=rX --format=gnu "$name" | gzip --no-name --best >"build/$name.tar.gz"
printf '%s\n' "build/$name.tar.gz"
