#!/bin/sh
# Makes the manual pages: `sh packaging/man-pages.sh [FOLDER]` converts docs/man/NAME.SECTION.md to FOLDER/NAME.SECTION
# (default dist/man) by go-md2man, which Debian and Fedora both ship. What mandoc(1) would complain of is put right here:
# the font \fC, which is groff's alone, empty paragraphs, blank lines, and HTML comments. The date is that of the commit
# (SOURCE_DATE_EPOCH), so that a page is the same bytes wherever it is made.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-dist/man}
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
date=$(date -u -d "@$epoch" +%Y-%m-%d)
mkdir -p "$folder"
for page in docs/man/*.md; do
	name=${page##*/}
	sed -e '/^<!--.*-->$/d' -e "1s/\"\"/\"$date\"/" "$page" | go-md2man |
		sed -e 's/\\fC/\\fB/g' -e 's/[[:blank:]]*$//' |
		awk '
			/^\.nf/ { verbatim = 1 }
			/^\.fi/ { verbatim = 0 }
			$0 == "" && !verbatim { next }
			/^\.PP/ { if (!heading) paragraph = 1; next }
			paragraph && !/^\.(SH|SS|RS)/ { print ".PP" }
			paragraph && /^\.RS/ { print ".sp" }
			{ paragraph = 0; heading = /^\.(SH|SS)/; print }
		' >"$folder/${name%.md}"
done
