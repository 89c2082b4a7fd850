import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { daemonSigns, fullyArmed, recordIn } from "./guests.ts";
import { compiled } from "./lab/host/compiled.ts";
import { bootFullMachine, SEEDING_UNITS } from "./lab/full-machine.ts";
import { skipReason } from "./lab/requirements.ts";
import type { Transcript } from "./lab/transcript.ts";
import { buildPackages, packagesSkipReason, type Packages } from "./lab/root/own-packages.ts";

const reason = skipReason("full") ?? packagesSkipReason();
if (reason !== null) console.warn(`Skipped: ${reason}`);

const functions = `${daemonSigns}
show() { systemctl show --value --property "$1" "\${2:-crngwatch.service}"; }
until_active() {
  for try in $(seq 60); do [ "$(show ActiveState)" = active ] && return; sleep 1; done
  echo "crngwatch.service is not active"; systemctl status --no-pager crngwatch.service; exit 1
}
`;

/** Little of the processor, so that the kernel takes seconds to gather jitter for it. */
const keys = "[Service]\nType=oneshot\nCPUQuota=10%\nExecStart=/usr/bin/waiters getrandom\n";

/** The tools that \`recorder\` looks for on a host with GRUB, where the recorder is armed. */
const grub = {
  "/etc/default/grub": `GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX="${fullyArmed.replaceAll('"', "'")}"\n`,
  "/usr/sbin/update-grub": "#!/bin/sh\nexit 0\n",
};

const life = `${functions}
until_active
section booted
systemctl --failed --plain --no-legend
show FragmentPath; show UnitFileState; show UnitFileState crngwatch.socket; show UnitFileState crngwatch-metrics.socket
cat /proc/sys/crypto/fips_enabled
/usr/bin/crngwatch status; echo "exit $?"
section upgraded
systemctl start crngwatch-metrics.socket
systemctl start --no-block lab-keys.service
waits() { show StatusText | grep -q waiters; }
within 60 waits
pid=$(show MainPID)
dpkg --install /lab/next.deb; echo "exit $?"
until_active
[ "$(show MainPID)" = "$pid" ] || echo "another process"
dpkg-query --show crngwatch
show ActiveState crngwatch-metrics.socket
show NRestarts
section waited
/usr/bin/crngwatch wait --timeout 60 >/dev/null; within 30 released
/usr/bin/crngwatch status --json
section removed
dpkg --remove crngwatch; echo "exit $?"
section left
ls -d /usr/lib/crngwatch /usr/bin/crngwatch /run/crngwatch /run/systemd/report/io.crngwatch /usr/share/crngwatch 2>&1 | grep -v 'No such file'
ls /sys/kernel/tracing/instances
cat /sys/kernel/tracing/kprobe_events
systemctl list-units --all --plain --no-legend 'crngwatch*' | grep -v not-found
systemctl list-sockets --all --plain --no-legend | grep crngwatch
grep --text crngwatch /proc/[0-9]*/cmdline 2>/dev/null
`;

/** What a purge does, none of it by systemd: on one machine only. */
const purge = `
section purged
dpkg --purge crngwatch; echo "exit $?"
find / -xdev -name '*crngwatch*' ! -path '/lab/*' ! -path '/proc/*' ! -path '/sys/*' ! -path '/run/lab*'
find /run /etc/systemd -name '*crngwatch*'
`;

const healthy = `
section healthy
systemctl --failed --plain --no-legend
`;

let work: string;
let packages: Packages;
beforeAll(async () => {
  if (reason !== null) return;
  work = mkdtempSync(join(tmpdir(), "crngwatch-packages-"));
  packages = await buildPackages(work);
});
afterAll(() => {
  if (reason === null) rmSync(work, { recursive: true, force: true });
});

describe.skipIf(reason !== null).each([
  { suite: "trixie", systemd: 257, kernel: "6.12" },
  { suite: "bookworm", systemd: 252, kernel: "6.1" },
] as const)("the deb on systemd $systemd, installed before a boot that is not ready", ({ suite, kernel }) => {
  let guest: Transcript;
  const lines = (name: string): readonly string[] => guest.section(name).trimEnd().split("\n");
  beforeAll(async () => {
    guest = await bootFullMachine({
      suite,
      kernel,
      project: null,
      packages: [packages.nodeDeb, packages.deb],
      files: {
        "/lab/next.deb": { from: packages.nextDeb },
        "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") },
        "/etc/systemd/system/lab-keys.service": keys,
        ...grub,
      },
      mask: SEEDING_UNITS,
      timeoutSeconds: 800,
      commandLine: `fips=1 ${fullyArmed}`,
      script: `${life}${purge}${healthy}`,
    });
  });

  it("starts at boot from /usr, enabled by its own scripts, and its metrics socket is not", () => {
    expect(guest.status).toBe(0);
    const [fragment, ...more] = lines("booted");
    expect(fragment).toMatch(/^(?:\/usr)?\/lib\/systemd\/system\/crngwatch\.service$/);
    expect(more.slice(0, 4)).toEqual(["enabled", "enabled", "disabled", "1"]);
    // The words are those of the verdict; the exit code says that it is not ready.
    expect(more.slice(4).join("\n")).toMatch(/not ready/);
    expect(more.at(-1)).toBe("exit 3");
  });

  it("is upgraded while a task waits, and reports that wait once, from its beginning", () => {
    expect(lines("upgraded")).toEqual(
      expect.arrayContaining(["exit 0", "another process", "crngwatch\t0.1.0-2", "active"]),
    );
    expect(lines("upgraded").at(-1)).toBe("0");
    const { waits, readiness } = recordIn(guest.section("waited"));
    expect(readiness.level).toBe("ready");
    const ours = waits.filter(({ comm }) => comm === "waiters");
    expect(ours).toHaveLength(1);
    expect(ours).toMatchObject([
      { interface: "getrandom", unit: "lab-keys.service", from: expect.any(Number) as number },
    ]);
  });

  it("leaves nothing behind when it is removed, and says what is still on the kernel command line", () => {
    expect(lines("removed").at(-1)).toBe("exit 0");
    expect(guest.section("removed")).toContain(
      "crngwatch: The flight recorder is still on the kernel command line of the next boots. To take it off:",
    );
    expect(guest.section("removed")).toContain("-GRUB_CMDLINE_LINUX=");
    expect(guest.section("left").trim(), guest.section("removed")).toBe("");
  });

  it("leaves no file at all when it is purged", () => {
    expect(lines("purged").slice(-1)).toEqual(["exit 0"]);
  });

  it("leaves no unit that failed", () => {
    expect(guest.section("healthy").trim()).toBe("");
  });
});

it.skipIf(reason !== null)(
  "the RPMs: rpmlint complains of nothing that packaging/rpm/rpmlint.toml does not explain",
  () => {
    expect(packages.rpmlint).toMatch(/; 0 errors, 0 warnings/);
  },
);

describe.skipIf(reason !== null)("the RPM's files, unpacked over a root", () => {
  it("boot and observe, enabled by the preset alone", async () => {
    const guest = await bootFullMachine({
      project: null,
      payload: [packages.rpmPayload],
      mask: SEEDING_UNITS,
      script: `${functions}
until_active
section booted
systemctl is-system-running --wait
show FragmentPath; show UnitFileState; show UnitFileState crngwatch-metrics.socket
/usr/bin/crngwatch status; echo "exit $?"
section ready
head -c 512 /dev/zero | tr '\\0' x >/var/lib/systemd/random-seed
SYSTEMD_RANDOM_SEED_CREDIT=force /usr/lib/systemd/systemd-random-seed load
/usr/bin/crngwatch wait --timeout 60; /usr/bin/crngwatch status; echo "exit $?"
section record
sleep 3
/usr/bin/crngwatch status --json
section own
/usr/bin/crngwatch status --json --no-daemon | grep -A1 '"own-start"'
`,
    });
    const lines = (name: string): readonly string[] => guest.section(name).trimEnd().split("\n");
    expect(lines("booted").slice(0, 4)).toEqual([
      "running",
      "/usr/lib/systemd/system/crngwatch.service",
      "enabled",
      "disabled",
    ]);
    expect(lines("booted").slice(4).join("\n")).toMatch(/not ready/);
    expect(lines("booted").at(-1)).toBe("exit 3");
    expect(lines("ready")).toContain("exit 0");
    expect(lines("own").at(-1)).toContain('"ok"');
    // What systemd-random-seed does with a seed file that an administrator trusts; seen from the unit's sandbox.
    const { readiness, waits } = recordIn(guest.section("record"));
    expect(readiness).toMatchObject({
      level: "ready",
      cause: "seed-file",
      basis: { cause: expect.stringMatching(/: the seed file \d+ bits by systemd-random-\[\d+\]/) as string },
    });
    expect(waits).toEqual([]);
  });
});
