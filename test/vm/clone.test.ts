import { beforeAll, describe, expect, it } from "vitest";
import { recordIn, stampOf, startDaemon } from "./guests.ts";
import { boot, type Transcript } from "./lab/boot.ts";
import { compiled } from "./lab/host/compiled.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(`Skipped: ${reason}`);

const fork = "random: crng reseeded due to virtual machine fork";

/** `callers` stands still with libcrypto and libgcrypt in its memory until it gets a byte to read. */
const script = (callers: string): string => `${startDaemon}
start_daemon
umount -l /sys/kernel/tracing
/usr/bin/waiters getrandom & waiter=$!
wait $waiter
section unmounted
echo $waiter
sleep 12
[ -e /proc/$(cut -d' ' -f1 /run/crngwatch/daemon.pid)/exe ] && echo lives
record
mkfifo /run/start
exec 9<>/run/start
${callers} none <&9 & older=$!
# Blocked in its read: it is loaded, with its libraries.
within 60 reads_input $older
section before
record
section cloned
clone
reseeded() { dmesg | grep -q '${fork}'; }
announced() { dmesg | grep -q 'cloned or restored'; }
within 300 reseeded
within 30 announced
${callers} none <&9 & newer=$!
within 60 reads_input $newer
section after
record
section tasks
echo "$older $newer $(cut -d' ' -f1 /run/crngwatch/daemon.pid)"
section report
crngwatch report
section log
dmesg
`;

describe.skipIf(reason !== null)(
  "a virtual machine that is saved, and restored with another generation ID, on 6.12",
  () => {
    let guest: Transcript;
    beforeAll(async () => {
      const callers = await compiled("callers", "-O2", "-s", "-l:libcrypto.so.3", "-l:libgcrypt.so.20");
      guest = await boot({
        kernel: "6.12",
        cloned: true,
        commandLine: "printk.devkmsg=on",
        programs: [callers],
        files: { "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") } },
        script: script(callers),
      });
    });

    it("lost nothing that is reported when its tracefs was unmounted under the daemon, and that is not hidden", () => {
      const [pid, lives, ...json] = guest.section("unmounted").trimEnd().split("\n");
      expect(lives).toBe("lives");
      const record = recordIn(json.join("\n"));
      expect(record.readiness).toMatchObject({ level: "ready", evidence: "kernel-log", exact: true });
      expect(record.waits.every(({ comm }) => comm === "waiters")).toBe(true);
      // Either it was seen, or the record does not say that no task waited.
      if (record.waits.length === 0) expect(record.cost?.complete).not.toBe(true);
      else expect(record.waits).toMatchObject([{ pid: Number(pid) }]);
      expect(guest.section("log")).not.toMatch(/\] .*defect|^\s+at /m);
    });

    it("is reported as cloned once, by the daemon that was running in it, at the kernel's own time", () => {
      expect(recordIn(guest.section("before")).reseeds).toEqual([]);
      const at = stampOf(guest.section("log"), fork);
      expect(recordIn(guest.section("after")).reseeds).toMatchObject([{ reason: "vm-fork", at }]);
    });

    it("keeps its boot: what was known of readiness stays", () => {
      const [before, after] = [recordIn(guest.section("before")), recordIn(guest.section("after"))];
      expect(after.bootId).toBe(before.bootId);
      expect(after.readiness).toEqual(before.readiness);
      expect(after.findings.map(({ id }) => id)).toContain("vm-fork");
    });

    it("is announced in the daemon's log and in the report", () => {
      const log = guest.section("log");
      expect(log.slice(log.indexOf(fork))).toMatch(/cloned or restored/);
      expect(guest.section("report")).toMatch(/cloned or restored/);
    });

    it("has the processes that are older than the copy and have a generator of their own, by name, and no newer one", () => {
      const [older, newer, daemon] = guest.section("tasks").trim().split(" ");
      const [, named = ""] =
        /Processes that started earlier, with a generator whose output may repeat in the copies: (.*)/.exec(
          guest.section("report"),
        ) ?? [];
      expect(named).toMatch(new RegExp(`callers\\[${older}\\] \\((?:OpenSSL, libgcrypt|libgcrypt, OpenSSL)\\)`));
      expect(named).toMatch(new RegExp(`\\[${daemon}\\] \\(Node\\.js`));
      expect(named).not.toContain(`[${newer}]`);
    });
  },
);
