/**
 * What strangers may write into the kernel's log, to be distinguished from its own line. After that one, so that the
 * moment is the same in all formats.
 */
export const kernelStrangers = `
printf '<5>random: crng init done\\n' >/dev/kmsg
printf 'lab: first of two lines\\nrandom: crng init done\\n' >/dev/kmsg
printf 'lab: bytes \\377 \\001, a \\\\ and \\033[31mred\\033[0m, umlauts \\303\\274\\n' >/dev/kmsg
`;

/** And into the journal. */
export const strangers = `${kernelStrangers}
logger --tag kernel 'random: crng init done'
logger --tag kernel '[    1.234567] random: crng init done'
logger --journald <<END
MESSAGE=A report of three lines
MESSAGE=[    1.234567] random: crng init done
MESSAGE=Nov 23 00:00:00 lab kernel: random: crng init done
SYSLOG_IDENTIFIER=lab
END
`;

export const dmesgFormats = `
keep kmsg dd if=/dev/kmsg bs=8192 iflag=nonblock status=none
keep dmesg dmesg
keep dmesg-T dmesg -T
keep dmesg-x dmesg -x
keep dmesg-r dmesg -r
keep dmesg-d dmesg -d
keep dmesg-e dmesg -e
keep dmesg-time-format-iso dmesg --time-format iso
keep dmesg-J dmesg -J
keep dmesg-no-stamps dmesg -t
keep dmesg-color-always dmesg --color=always
`;

/**
 * Formats with a kilobyte per entry are recorded of the entries that matter, by --grep; the time zone is set,
 * not that of the machine.
 */
export const journalFormats = `
story='random|crng|fips|linux version|command line|signature|gnupg|^a report|first of|startup finished|running in system mode'
journalctl --sync
for format in short short-iso short-iso-precise short-monotonic short-precise short-unix short-full short-delta with-unit cat; do
  keep journalctl-$format journalctl -b -o $format
done
for format in json json-pretty json-seq json-sse export verbose; do
  keep journalctl-grep-$format journalctl -b --grep "$story" -o $format
done
keep journalctl-catalog journalctl -b --catalog --grep "$story"
keep journalctl-no-hostname journalctl -b -o short-monotonic --no-hostname
keep journalctl-k journalctl -k
keep journalctl-k-short-monotonic journalctl -k -o short-monotonic
keep journalctl-grep-fields-json journalctl -b --grep "$story" -o json --output-fields=MESSAGE,_SOURCE_MONOTONIC_TIMESTAMP
keep journalctl-k-color env SYSTEMD_COLORS=1 journalctl -k -p notice
export TZ=CET-1CEST,M3.5.0,M10.5.0/3
keep journalctl-k-short-iso-CET journalctl -k -p notice -o short-iso
keep journalctl-k-short-full-CET journalctl -k -p notice -o short-full
keep dmesg-notice-time-format-iso-CET dmesg -l notice --time-format iso
unset TZ
`;

/** `imklog` is how Debian's and Ubuntu's rsyslogd gets the kernel's lines, `imjournal` how Fedora's and RHEL's does. */
export const rsyslogFormats = `
mkdir -p /var/spool/rsyslog
rsyslog() {
  /usr/sbin/rsyslogd -n -i NONE -f /etc/rsyslog-$1.conf & daemon=$!
  for try in $(seq 100); do grep -q 'crng init done' /run/recorded/rsyslog-$1-traditional && break; sleep 0.1; done
  sleep 1
  kill $daemon
}
rsyslog imklog
rsyslog imjournal
`;

export function rsyslogSettings(input: string, load: string): string {
  const file = (format: string): string => `file="/run/recorded/rsyslog-${input}-${format}"`;
  return `${load}
global(workDirectory="/var/spool/rsyslog")
*.* action(type="omfile" ${file("traditional")} template="RSYSLOG_TraditionalFileFormat")
*.notice action(type="omfile" ${file("notice-iso")} template="RSYSLOG_FileFormat")
*.notice action(type="omfile" ${file("notice-rfc5424")} template="RSYSLOG_SyslogProtocol23Format")
`;
}

/** The file itself, closed, as it lies in the /var/log/journal of a host. */
export const journalFile = `
journalctl --rotate
gzip -9 -c /run/log/journal/*/system@*.journal >/run/recorded/system.journal.gz
`;
