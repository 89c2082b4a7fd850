#!/bin/sh
# Makes the manual pages: `sh packaging/man-pages.sh [FOLDER]` converts docs/man/NAME.SECTION.md to FOLDER/NAME.SECTION
# (default dist/man) by go-md2man, which Debian and Fedora both ship. What mandoc(1) would complain of is put right here:
# the font \fC, which is groff's alone, empty paragraphs, blank lines, lines of more than 80 bytes, titles in small letters and
# HTML comments. The date is that of the commit
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
			# Text may be broken at any blank; a control line begins with a full stop or an apostrophe.
			function fold(text, end) {
				while (length(text) > 72) {
					end = 72
					while (end > 1 && substr(text, end - 1, 3) !~ /^[^ ] [^ .\047]$/) end--
					if (end == 1) break
					print substr(text, 1, end - 1)
					text = substr(text, end + 1)
				}
				print text
			}
			/^\.TH/ { $2 = toupper($2); print; next }
			/^\.nf/ { verbatim = 1 }
			/^\.fi/ { verbatim = 0 }
			$0 == "" && !verbatim { next }
			/^\.PP/ { if (!heading) paragraph = 1; next }
			paragraph && !/^\.(SH|SS|RS)/ { print ".PP" }
			paragraph && /^\.RS/ { print ".sp" }
			{ paragraph = 0; heading = /^\.(SH|SS)/ }
			/^\./ || verbatim || /\t/ { print; next }
			{ fold($0) }
		' >"$folder/${name%.md}"
done
