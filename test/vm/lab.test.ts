import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, type MicroMachine, type Transcript } from "./lab/boot.ts";
import { bootFullMachine, SEEDING_UNITS } from "./lab/full-machine.ts";
import { fetchKernel, KERNEL_SERIES } from "./lab/kernels.ts";
import { REPOSITORY } from "./lab/project-files.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(`Skipped: ${reason}`);
const fullReason = skipReason("full");
if (fullReason !== null && reason === null) console.warn(`Skipped in part: ${fullReason}`);

/** A guest with busybox alone: what the lab itself does must not disturb the CRNG. */
const bare = (machine: MicroMachine): Promise<Transcript> => boot({ node: null, project: null, ...machine });

const AVAILABLE = "cat /proc/sys/kernel/random/entropy_avail";

/** More than the few bits that a quiet machine gathers, far less than the 256 of a ready one. */
const QUIET_BITS = 32;

// A sleeping guest costs next to nothing, so these may run side by side.
describe.skipIf(reason !== null).concurrent("a micro machine that nobody disturbs", () => {
  test.each(KERNEL_SERIES)("stays unready for 20 s, and until somebody waits (%s)", async (kernel) => {
    const guest = await bare({
      kernel,
      script: `section quiet
for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do ${AVAILABLE}; sleep 1; done
dmesg | grep 'random: crng init done'
section consumed
uptime; consume; uptime
${AVAILABLE}
dmesg | grep -o 'random: crng init done'`,
    });
    const bits = guest.section("quiet").trim().split("\n");
    expect(bits).toHaveLength(20);
    expect(Math.max(...bits.map(Number))).toBeLessThan(QUIET_BITS);
    const [before, after, available, message] = guest.section("consumed").trim().split("\n");
    expect(Number(after) - Number(before)).toBeGreaterThan(0.05);
    expect(available).toBe("256");
    expect(message).toBe("random: crng init done");
  });
});

describe.skipIf(reason !== null).each(KERNEL_SERIES)("a micro machine with kernel %s", (kernel) => {
  test("tells its release, its script's status, and keeps console and output apart", async () => {
    const { release } = await fetchKernel(kernel);
    const guest = await bare({
      kernel,
      commandLine: "loglevel=7",
      script: `section first
echo "to output"; echo "to error" >&2
section second
kmsg "crngwatch-lab: to console"; uname -r
exit 42`,
    });
    expect(guest.kernelRelease).toBe(release);
    expect(guest.status).toBe(42);
    expect(guest.section("first")).toBe("to output\nto error\n");
    expect(guest.section("second")).toBe(`${release}\n`);
    expect(guest.console).toContain("crngwatch-lab: to console");
    expect(guest.console).not.toContain("to output");
    expect(guest.output).not.toContain("to console");
  });

  test("is ready at once when the kernel trusts the processor", async () => {
    const guest = await bare({ kernel, trustCpu: true, script: AVAILABLE });
    expect(guest.output).toBe("256\n");
  });

  test("loads a module with all that it needs", async () => {
    const guest = await bare({
      kernel,
      devices: ["virtio-rng-pci"],
      modules: ["virtio_pci", "virtio_rng"],
      script: "load virtio_pci virtio_rng || exit\ncat /sys/class/misc/hw_random/rng_current",
    });
    expect(guest).toMatchObject({ status: 0, output: expect.stringContaining("virtio_rng") });
  });

  test("runs Node and programs of the host", async () => {
    const guest = await boot({
      kernel,
      project: null,
      programs: ["gpgv"],
      files: {
        "/srv/hello.mjs": "console.log('hello from', process.version)",
        "/srv/run": '#!/bin/sh\necho "run as $0"',
      },
      script: "node /srv/hello.mjs && /srv/run && gpgv --version | head -n 1",
    });
    expect(guest.output).toMatch(new RegExp(`^hello from ${process.version}\nrun as /srv/run\ngpgv \\(GnuPG\\)`));
  });
});

describe.skipIf(reason !== null)("a micro machine that goes wrong", () => {
  test("that does not end in time is killed, and the error quotes both serial ports", async () => {
    const guest = bare({
      kernel: "6.1",
      commandLine: "loglevel=7",
      timeoutSeconds: 15,
      script: "echo the last words; kmsg the last message; while :; do :; done",
    });
    await expect(guest).rejects.toThrow(/did not end within 15 s[^]*the last message[^]*the last words/);
  });

  test("that panics ends at once, and the error quotes the panic", async () => {
    const guest = bare({ kernel: "6.1", script: "echo about to panic; sleep 1; echo c >/proc/sysrq-trigger" });
    await expect(guest).rejects.toThrow(/ended before its script did: Kernel panic - [^]*about to panic/);
  });

  test("ends with its script, whatever the script leaves behind", async () => {
    const guest = await bare({
      kernel: "6.1",
      script: "sleep 1000 &\n[ -t 1 ] || echo no terminal\nprintf 'no line feed'",
    });
    expect(guest.output).toBe("no terminal\nno line feed");
  });

  test("names the sections that it did print", async () => {
    const guest = await bare({ kernel: "6.1", script: "section one\nsection two" });
    expect(guest.section("one")).toBe("");
    expect(() => guest.section("three")).toThrow("The guest printed no section 'three', only 'one', 'two'");
  });

  test("for want of a module of that name is never started", async () => {
    await expect(bare({ kernel: "6.1", modules: ["no_such"], script: "" })).rejects.toThrow("has no module 'no_such'");
  });
});

describe.skipIf(reason !== null)("a project in a guest", () => {
  let project: string;

  // Stands for a built repository: the lab is tested without the program that it is for.
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), "crngwatch-lab-project-"));
    await cp(join(REPOSITORY, "package-lock.json"), join(project, "package-lock.json"));
    await symlink(join(REPOSITORY, "node_modules"), join(project, "node_modules"));
    for (const directory of ["bin", "dist", "systemd"]) await mkdir(join(project, directory));
    await writeFile(join(project, "package.json"), '{ "type": "module" }');
    await writeFile(
      join(project, "dist/main.js"),
      'import koffi from "koffi";\nconsole.log("koffi", koffi.version, process.argv[2]);',
    );
    await writeFile(join(project, "bin/crngwatch"), '#!/bin/sh\nexec node "${0%/*}/../dist/main.js" "$@"', {
      mode: 0o755,
    });
    await writeFile(
      join(project, "systemd/example.service"),
      "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/opt/crngwatch/bin/crngwatch unit\n[Install]\nWantedBy=sysinit.target\n",
    );
  });

  afterAll(() => rm(project, { recursive: true }));

  test("has its production packages, and no others", async () => {
    const guest = await boot({ kernel: "6.12", project, script: "crngwatch guest; ls /opt/crngwatch/node_modules" });
    expect(guest.output).toMatch(/^koffi \S+ guest\n/);
    expect(guest.output).toMatch(/^pino$/m);
    expect(guest.output).not.toMatch(/^vitest$/m);
  });

  test("that has not been built is an error that says how", async () => {
    const unbuilt = await mkdtemp(join(tmpdir(), "crngwatch-lab-project-"));
    await cp(project, unbuilt, { recursive: true, filter: (path) => !path.endsWith("/dist") });
    await expect(boot({ kernel: "6.12", project: unbuilt, script: "" })).rejects.toThrow(
      "it has no dist, run npm run build",
    );
    await rm(unbuilt, { recursive: true });
  });

  test.skipIf(fullReason !== null)(
    "that systemd starts: the full machine reaches multi-user.target, unready where nobody seeds it",
    async () => {
      const guest = await bootFullMachine({
        project,
        enable: ["other.service"],
        mask: SEEDING_UNITS,
        files: {
          "/etc/systemd/system/other.service":
            "[Service]\nType=oneshot\nExecStart=/bin/true\nRemainAfterExit=yes\n[Install]\nWantedBy=multi-user.target\n",
        },
        script: `section available
${AVAILABLE}
section units
systemctl is-active multi-user.target other.service example.service dbus.service
section ready
systemctl start example.service && journalctl --unit example.service --output cat
systemctl is-system-running --wait
exit 3`,
      });
      expect(Number(guest.section("available"))).toBeLessThan(QUIET_BITS);
      expect(guest.section("units")).toBe("active\nactive\ninactive\ninactive\n");
      expect(guest.section("ready")).toMatch(/^koffi \S+ unit$/m);
      expect(guest.section("ready")).toMatch(/^running$/m);
      expect(guest.status).toBe(3);
    },
  );
});
