#!/bin/sh
# Run by the packages just before crngwatch is removed (not when it is upgraded), with its daemon stopped. The daemon has
# taken its own probes away; left are those of the kernel command line, which live until the next boot, the record in
# /run, and the command line itself. That is the administrator's: what is on it is reported, not changed.
set -u
crngwatch=${0%/*}/crngwatch

for tracefs in /sys/kernel/tracing /sys/kernel/debug/tracing; do
	[ -w "$tracefs/kprobe_events" ] || continue
	# Only probes in crngwatch's own groups; a probe that is switched on, or that another tracer uses, cannot be removed.
	for group in "$tracefs"/events/crngwatch "$tracefs"/events/crngwatch_live*; do
		[ -d "$group" ] || continue
		{ echo 0 >"$group/enable"; } 2>/dev/null || :
		for event in "$group"/*/; do
			event=${event%/}
			[ -d "$event" ] || continue
			{ echo "-:${group##*/}/${event##*/}" >>"$tracefs/kprobe_events"; } 2>/dev/null ||
				echo "crngwatch: The probe ${group##*/}/${event##*/} is in use and stays until the next boot" >&2
		done
	done
	for instance in "$tracefs"/instances/crngwatch*; do
		[ ! -d "$instance" ] || rmdir "$instance" 2>/dev/null || :
	done
	break
done

rm -rf /run/crngwatch
rm -f /run/systemd/report/io.crngwatch

if plan=$("$crngwatch" recorder disarm --dry-run 2>/dev/null) && printf '%s\n' "$plan" | grep -q '^runs: '; then
	echo "crngwatch: The flight recorder is still on the kernel command line of the next boots. To take it off:"
	printf '%s\n' "$plan" | sed 's/^/  /'
fi
exit 0
