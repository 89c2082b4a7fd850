#!/bin/sh
# Makes the manual pages: `sh packaging/man-pages.sh [FOLDER]` converts docs/man/NAME.SECTION.md to FOLDER/NAME.SECTION
# (default dist/man) by go-md2man, which Debian and Fedora both ship. What mandoc(1) would complain of is put right here:
# the font \fC, which is groff's alone, empty paragraphs, blank lines, lines of more than 80 bytes, titles in small letters and
# HTML comments. Long cells of a table become text blocks, in columns that share the terminal's width (tbl(1)). The date is that of
# the commit (SOURCE_DATE_EPOCH), so that a page is the same bytes wherever it is made.
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
			function width(cell) {
				gsub(/\\f[A-Z]/, "", cell)
				return length(cell)
			}
			function row(  cells, count, column) {
				count = split(line, cells, "\t")
				if (count > columns) columns = count
				for (column = 1; column <= count; column++) {
					table[rows, column] = cells[column]
					if (is_block(cells[column])) wide[column] = 1
				}
				rows++
				line = ""
			}
			# A long path may be broken after any of its parts.
			function breakable(cell) {
				gsub(/[a-z_][\/,]/, "&\\:", cell)
				return cell
			}
			# A name stays whole, unless it is a list.
			function is_block(cell) { return width(cell) > long && (cell ~ / / || width(cell) > 2 * long) }
			function print_table(  column, at, format) {
				for (column = 1; column <= columns; column++) format = format (wide[column] ? "lx" : "l") " "
				print ".ad l\n.nh\n.TS\nallbox;\n" format "."
				for (at = 0; at < rows; at++) {
					for (column = 1; column <= columns; column++) {
						if (column > 1) printf "\t"
						if (!is_block(table[at, column])) printf "%s", table[at, column]
						else {
							print "T{"
							fold(breakable(table[at, column]))
							printf "T}"
						}
					}
					print ""
				}
				print ".TE\n.hy\n.ad b"
			}
			BEGIN { long = 20 }
			/^\.TS/ { in_table = 1; in_head = 1; rows = 0; columns = 0; line = ""; split("", table); split("", wide); next }
			in_table && in_head { if (/\.$/) in_head = 0; next }
			# A text block that go-md2man made; what follows it in its row begins with a tab, on a line of its own.
			in_cell { if ($0 == "T}") in_cell = 0; else line = line (line ~ /(^|\t)$/ ? "" : " ") $0; next }
			in_table && line != "" && !/^\t/ { row() }
			/^\.TE/ { in_table = 0; print_table(); next }
			in_table && /(^|\t)T\{$/ { in_cell = 1; line = line substr($0, 1, length($0) - 2); next }
			in_table { line = line $0; next }
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
