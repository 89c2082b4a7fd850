#!/bin/sh
# Run by the packages just before crngwatch is removed (not when it is upgraded), with its daemon stopped. The daemon has
# taken its own probes away; left are those of the kernel command line, which live until the next boot, the record in
# /run, and the command line itself. That is the administrator's: what is on it is reported, not changed.
set -u
crngwatch=${0%/*}/crngwatch

for tracefs in /sys/kernel/tracing /sys/kernel/debug/tracing; do
	[ -w "$tracefs/kprobe_events" ] || continue
	# Instances first, which a daemon that was killed leaves: a probe that one of them uses cannot be removed.
	for instance in "$tracefs"/instances/crngwatch*; do
		[ ! -d "$instance" ] || rmdir "$instance" 2>/dev/null || :
	done
	# Only probes in crngwatch's own groups. One that another tracer uses cannot be removed.
	ours() { sed -n 's/^[pr][0-9]*:\(crngwatch\(_live\)\{0,1\}\/[^ ]*\) .*/\1/p' "$tracefs/kprobe_events"; }
	for probe in $(ours); do
		{ echo 0 >"$tracefs/events/$probe/enable"; } 2>/dev/null || :
		{ echo "-:$probe" >>"$tracefs/kprobe_events"; } 2>/dev/null || :
	done
	for probe in $(ours); do
		echo "crngwatch: The probe $probe is in use and stays until the next boot" >&2
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
