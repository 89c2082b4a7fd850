import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { kernels } from "../guests.ts";
import { boot } from "../lab/boot.ts";
import { bootFullMachine, SEEDING_UNITS } from "../lab/full-machine.ts";
import { runProgram } from "../lab/host/host-programs.ts";
import { rsyslogFiles } from "../lab/root/rsyslog.ts";
import {
  dmesgFormats,
  journalFile,
  journalFormats,
  kernelStrangers,
  rsyslogFormats,
  rsyslogSettings,
  strangers,
} from "./log-formats.ts";
import { LOGS, RECORDER, store } from "./recording.ts";

/** All four probes of the flight recorder, and the path after a pid. */
const armed = [
  "kprobe_event=p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter",
  "trace_event=sched:sched_process_exec",
].join(" ");

/**
 * On the console all that the kernel says; the lines that the script writes to /dev/kmsg not limited; libgcrypt in FIPS
 * mode, which waits.
 */
const talkative = "loglevel=7 printk.devkmsg=on fips=1";

/** Recordings know neither Node nor crngwatch: they are of any host. */
const bare = { node: null, project: null } as const;

/** A consumer as a unit, so that systemd logs it. */
const signatureCheck =
  "[Unit]\nDescription=Check of a signature\n[Service]\nType=oneshot\nExecStart=/usr/bin/gpgv --version\n";

describe("with systemd, on 6.12", () => {
  it("full-6.12", async () => {
    const guest = await bootFullMachine({
      ...bare,
      mask: SEEDING_UNITS,
      commandLine: `${talkative} acpiphp.disable=1 systemd.show_status=1 TERM=vt220 ${armed}`,
      files: {
        ...(await rsyslogFiles()),
        "/etc/systemd/system/signature-check.service": signatureCheck,
        "/etc/rsyslog-imklog.conf": rsyslogSettings("imklog", 'module(load="imklog")'),
        "/etc/rsyslog-imjournal.conf": rsyslogSettings(
          "imjournal",
          'module(load="imjournal" StateFile="imjournal.state")',
        ),
      },
      script: `${RECORDER}
systemctl start signature-check.service & starting=$!
pid_of gpgv
until_waiting $pid
keep_stack stack $pid
wait $starting
keep trace cat /sys/kernel/tracing/trace
keep kprobe_profile cat /sys/kernel/tracing/kprobe_profile
${strangers} ${dmesgFormats} ${journalFormats} ${rsyslogFormats} ${journalFile}
hand_over`,
    });
    const recorded = await store("full-6.12", guest, { console: guest.rawConsole });
    expect(await readFile(join(recorded, "trace"), "utf8")).toMatch(
      /gpgv-\d+ .*wait: .*gpgv-\d+ .*waited: \(__x64_sys_getrandom/s,
    );
    const formats = (await readdir(recorded)).filter((name) => /^(?:console|dmesg|journalctl|kmsg|rsyslog)/.test(name));
    for (const name of formats) expect(await readFile(join(recorded, name), "utf8"), name).toMatch(/crng init done/);
    expect(formats).toHaveLength(43);
  });

  it("two-boots-6.12: a stock boot, read together with the journal of the one before", async () => {
    const first = gunzipSync(await readFile(join(LOGS, "full-6.12/system.journal.gz")));
    const guest = await bootFullMachine({
      ...bare,
      commandLine: "acpiphp.disable=1",
      files: { "/var/log/two-boots/first.journal": { content: first } },
      script: `${RECORDER}
journalctl --sync
journalctl --rotate
mv /run/log/journal/*/system@*.journal /var/log/two-boots/second.journal
boots() { journalctl --directory /var/log/two-boots "$@"; }
keep list-boots boots --list-boots
keep journalctl-notice boots -p notice
keep journalctl-notice-short-monotonic boots -p notice -o short-monotonic
keep journalctl-notice-short-iso-precise boots -p notice -o short-iso-precise
keep journalctl-notice-json boots -p notice -o json
keep journalctl-notice-export boots -p notice -o export
keep journalctl-notice-reverse boots -p notice --reverse
keep journalctl-k-1 boots -k -b -1 -p notice
hand_over`,
    });
    const recorded = await store("two-boots-6.12", guest);
    expect((await readFile(join(recorded, "list-boots"), "utf8")).trim().split("\n")).toHaveLength(3);
  });
});

/**
 * One task in getrandom(), one in /dev/random, one in /dev/urandom, which waits since 5.18 and is logged before that.
 */
const consumers = (as = ""): string => `
LIBGCRYPT_FORCE_FIPS_MODE=1 ${as} /usr/bin/gpgv --version >/dev/null & gpgv=$!
until_waiting $gpgv
${as} /usr/bin/dd if=/dev/random of=/dev/null bs=1 count=1 2>/dev/null & random=$!
${as} /usr/bin/dd if=/dev/urandom of=/dev/null bs=16 count=1 2>/dev/null & urandom=$!
until_waiting $random
`;

describe.each(kernels)("a micro machine of %s", (kernel) => {
  it.skipIf(kernel === "6.12")(`micro-${kernel}`, async () => {
    const guest = await boot({
      ...bare,
      kernel,
      programs: ["gpgv", "dd", "dmesg"],
      commandLine: `${talkative} ${armed}`,
      script: `${RECORDER}
syslogd -O /run/recorded/busybox-syslogd
klogd
${consumers()}
keep_stack stack $gpgv
wait $gpgv $random $urandom
keep trace cat /sys/kernel/tracing/trace
keep kprobe_profile cat /sys/kernel/tracing/kprobe_profile
${kernelStrangers}
keep kmsg /usr/bin/dd if=/dev/kmsg bs=8192 iflag=nonblock
keep dmesg /usr/bin/dmesg
keep busybox-dmesg-r busybox dmesg -r
sleep 2
hand_over`,
    });
    const recorded = await store(`micro-${kernel}`, guest, { console: guest.rawConsole });
    expect(await readFile(join(recorded, "trace"), "utf8")).toMatch(
      /gpgv-\d+ .*wait: .*gpgv-\d+ .*waited: \(__x64_sys_getrandom/s,
    );
    expect(await readFile(join(recorded, "busybox-syslogd"), "utf8")).toContain("kern.notice kernel:");
  });

  it(`waiting-${kernel}`, async () => {
    const guest = await boot({
      ...bare,
      kernel,
      programs: ["gpgv", "dd", "dmesg", "nice"],
      // Without the probes: a return probe ends the kernel stack of the task that it is to catch.
      commandLine: "fips=1 log_buf_len=1M",
      // The consumers step back, so that they still wait when all tasks have been printed.
      script: `${RECORDER} ${consumers("/usr/bin/nice -n 10")}
keep_stack stack-getrandom $gpgv
keep_stack stack-dev-random $random
until_waiting $urandom && keep_stack stack-dev-urandom $urandom
echo t >/proc/sysrq-trigger
wait $gpgv $random $urandom
keep dmesg-sysrq /usr/bin/dmesg
hand_over`,
    });
    const recorded = await store(`waiting-${kernel}`, guest);
    const allTasks = await readFile(join(recorded, "dmesg-sysrq"), "utf8");
    expect(allTasks).toMatch(
      /sysrq: Show State.*task:gpgv .*__x64_sys_getrandom.*task:dd .*random_read_iter.*random: crng init done\n$/s,
    );
    expect(await readFile(join(recorded, "stack-getrandom"), "utf8")).toContain("__x64_sys_getrandom");
    expect(await readFile(join(recorded, "stack-dev-random"), "utf8")).toContain("random_read_iter");
  });

  it(`hung-${kernel}`, async () => {
    const work = await mkdtemp(join(tmpdir(), "crngwatch-hung-"));
    try {
      const splice = await compileSplice(work);
      const disk = await makeDisk(work);
      const guest = await boot({
        ...bare,
        kernel,
        programs: ["dmesg", "nice"],
        modules: ["loop", "ext4"],
        files: { "/usr/bin/splice": { from: splice }, "/srv/disk": { from: disk } },
        script: `${RECORDER}
echo 1 >/proc/sys/kernel/hung_task_timeout_secs
echo 1 >/proc/sys/kernel/hung_task_check_interval_secs
load loop ext4
mkdir /mnt
mount -t ext4 -o loop /srv/disk /mnt
/usr/bin/dmesg --clear

# A waiter never sleeps uninterruptibly itself. But it may hold a lock, and who wants that does: for longer than a second, since something
# else takes the processor from the waiter.
echo 1 >/proc/sys/kernel/hung_task_warnings
mkfifo /tmp/pipe
/usr/bin/nice -n 15 splice /dev/random /tmp/pipe & waiter=$!
until_waiting $waiter
(while :; do :; done) & idler=$!
cat </tmp/pipe >/dev/null &
sleep 2
echo w >/proc/sysrq-trigger
keep_stack stack-dev-random $waiter
wait $waiter
kill $idler
sleep 1
keep dmesg-waiting /usr/bin/dmesg --read-clear

# What has nothing to do with randomness: a writer to a frozen file system.
echo 1 >/proc/sys/kernel/hung_task_warnings
fsfreeze --freeze /mnt
(echo hello >/mnt/file) &
sleep 4
fsfreeze --unfreeze /mnt
keep dmesg-frozen /usr/bin/dmesg
hand_over`,
      });
      const recorded = await store(`hung-${kernel}`, guest);
      const waiting = await readFile(join(recorded, "dmesg-waiting"), "utf8");
      expect(waiting).toMatch(/INFO: task sh:\d+ blocked/);
      expect(waiting).toMatch(/sysrq: Show Blocked State\n\S+ +\S+ task:sh /);
      expect(waiting).toMatch(/random: crng init done\n$/);
      expect(await readFile(join(recorded, "dmesg-frozen"), "utf8")).toMatch(/INFO: task sh:\d+ blocked/);
      expect(await readFile(join(recorded, "stack-dev-random"), "utf8")).toContain("wait_for_random_bytes");
    } finally {
      await rm(work, { recursive: true });
    }
  });
});

/**
 * The kernel reads the one file with the other one's lock held, where that is a pipe. Takes a compiler, as native/
 * does.
 */
async function compileSplice(directory: string): Promise<string> {
  const [source, program] = [join(directory, "splice.c"), join(directory, "splice")];
  await writeFile(
    source,
    `#define _GNU_SOURCE
#include <fcntl.h>
int main(int argc, char **argv) { return splice(open(argv[1], O_RDONLY), 0, open(argv[2], O_RDWR), 0, 1, 0) != argc - 2; }
`,
  );
  await runProgram("cc", ["-O1", "-static", "-o", program, source]);
  return program;
}

async function makeDisk(directory: string): Promise<string> {
  const disk = join(directory, "disk");
  await writeFile(disk, new Uint8Array(1 << 20));
  await runProgram("mke2fs", ["-q", "-t", "ext4", "-O", "^has_journal", disk]);
  return disk;
}
