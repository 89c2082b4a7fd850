#!/bin/sh
# Takes out of a node_modules FOLDER what nothing reads when crngwatch runs: sources of what is compiled, types, maps,
# documents, tests and command lines of the packages. Licences stay.
set -eu
cd "$1"

rm -rf .bin .package-lock.json koffi/vendor koffi/lib @koromix/*/musl_* @rgrove/parse-xml/src yaml/browser
for package in * @*/*; do
	for name in test tests doc docs bench benchmarks example examples fixtures types; do
		rm -rf "${package:?}/$name"
	done
	find "$package" -maxdepth 1 -type f \( -name 'eslint.config.*' -o -name 'bench*.js' -o -name 'example*.js' \
		-o -name test.js -o -name check.js -o -name tsconfig.json -o -name '*.sh' -o -name '*.html' \
		-o -name '*.ico' -o -name CNAME \) -delete
done
find koffi/src -type f ! -name '*.*js' -delete
find . -depth -name '.*' ! -name . -exec rm -rf {} +
find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.test.js' -o -name '*.yml' \) \
	-delete
find . -type f -iname '*.md' ! -iname '*licen[cs]e*' ! -iname 'copying*' -delete
# A program of theirs is none of ours: its "#!" line would become a dependency of an RPM.
find . -type f \( -name '*.js' -o -name '*.cjs' -o -name '*.mjs' \) -exec grep -lZ '^#!' {} + | xargs -0 -r rm -f
find . -type d -empty -delete
find . -type f -exec chmod 0644 {} +
