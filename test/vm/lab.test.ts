import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, type MicroMachine, type Transcript } from "./lab/boot.ts";
import { fetchKernel, KERNEL_SERIES } from "./lab/kernels.ts";
import { REPOSITORY } from "./lab/root/project-files.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(`Skipped: ${reason}`);

/** A guest with busybox alone: what the lab itself does must not disturb the CRNG. */
const bare = (machine: MicroMachine): Promise<Transcript> => boot({ node: null, project: null, ...machine });

const AVAILABLE = "cat /proc/sys/kernel/random/entropy_avail";

/** More than the few bits that a quiet machine gathers, far less than the 256 of a ready one. */
const QUIET_BITS = 32;

/** Stands for a built repository: the lab is tested without the program that it is for. */
let project: string;
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
});

afterAll(() => rm(project, { recursive: true }));

/** One boot for each kernel: what must find the CRNG undisturbed comes first, what prints much or seeds it last. */
const script = `section quiet
for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do ${AVAILABLE}; sleep 1; done
dmesg | grep 'random: crng init done'
section consumed
uptime; consume; uptime
${AVAILABLE}
dmesg | grep -o 'random: crng init done'
section programs
node /srv/hello.mjs && /srv/run && gpgv --version | head -n 1
section project
crngwatch guest; ls /opt/crngwatch/node_modules
section module
load virtio_pci virtio_rng && cat /sys/class/misc/hw_random/rng_current
section first
echo "to output"; echo "to error" >&2
section second
dmesg -n 7; kmsg "crngwatch-lab: to console"; uname -r
exit 42`;

describe.skipIf(reason !== null).each(KERNEL_SERIES)("a micro machine with kernel %s", (kernel) => {
  let guest: Transcript;
  beforeAll(async () => {
    guest = await boot({
      kernel,
      project,
      programs: ["gpgv"],
      files: {
        "/srv/hello.mjs": "console.log('hello from', process.version)",
        "/srv/run": '#!/bin/sh\necho "run as $0"',
      },
      devices: ["virtio-rng-pci"],
      modules: ["virtio_pci", "virtio_rng"],
      script,
    });
  });

  test("without a caller stays unready for 20 s, and until a task waits", () => {
    const bits = guest.section("quiet").trim().split("\n");
    expect(bits).toHaveLength(20);
    expect(Math.max(...bits.map(Number))).toBeLessThan(QUIET_BITS);
    const [before, after, available, message] = guest.section("consumed").trim().split("\n");
    expect(Number(after) - Number(before)).toBeGreaterThan(0.05);
    expect(available).toBe("256");
    expect(message).toBe("random: crng init done");
  });

  test("returns its release, its script's status, and keeps console and output apart", async () => {
    const { release } = await fetchKernel(kernel);
    expect(guest.kernelRelease).toBe(release);
    expect(guest.status).toBe(42);
    expect(guest.section("first")).toBe("to output\nto error\n");
    expect(guest.section("second")).toBe(`${release}\n`);
    expect(guest.console).toContain("crngwatch-lab: to console");
    expect(guest.console).not.toContain("to output");
    expect(guest.output).not.toContain("to console");
  });

  test("loads a module with all that it needs", () => {
    expect(guest.section("module")).toContain("virtio_rng");
  });

  test("has a project with its production packages, and no others", () => {
    expect(guest.section("project")).toMatch(/^koffi \S+ guest\n/);
    expect(guest.section("project")).toMatch(/^pino$/m);
    expect(guest.section("project")).not.toMatch(/^vitest$/m);
  });

  test("runs Node and programs of the host", () => {
    expect(guest.section("programs")).toMatch(
      new RegExp(`^hello from ${process.version}\nrun as /srv/run\ngpgv \\(GnuPG\\)`),
    );
  });
});

describe.skipIf(reason !== null)("a micro machine that goes wrong", () => {
  test("that does not end in time is killed, and the error quotes both serial ports", async () => {
    const endless = "echo the last words; kmsg the last message; while :; do :; done";
    let message = "";
    // On a busy host it comes to its words later.
    for (const timeoutSeconds of [15, 60, 240]) {
      message = await bare({ kernel: "6.1", commandLine: "loglevel=7", timeoutSeconds, script: endless }).then(
        () => "it ended",
        String,
      );
      if (message.includes("the last words")) break;
    }
    expect(message).toMatch(/did not end within \d+ s[^]*the last message[^]*the last words/);
  });

  test("that panics ends at once, and the error quotes the panic", async () => {
    const guest = bare({ kernel: "6.1", script: "echo about to panic; sleep 1; echo c >/proc/sysrq-trigger" });
    await expect(guest).rejects.toThrow(/ended before its script did: Kernel panic - [^]*about to panic/);
  });

  test("ends with its script, whatever the script leaves behind, and names the sections that it did print", async () => {
    const guest = await bare({
      kernel: "6.1",
      script: "sleep 1000 &\n[ -t 1 ] || echo no terminal\nsection one\nsection two\nprintf 'no line feed'",
    });
    expect(guest.output).toBe("no terminal\n== one\n== two\nno line feed");
    expect(guest.section("one")).toBe("");
    expect(() => guest.section("three")).toThrow("The guest printed no section 'three', only 'one', 'two'");
  });

  test("for want of a module of that name is never started", async () => {
    await expect(bare({ kernel: "6.1", modules: ["no_such"], script: "" })).rejects.toThrow("has no module 'no_such'");
  });
});

describe.skipIf(reason !== null)("a project", () => {
  test("that has not been built is an error that says how", async () => {
    const unbuilt = await mkdtemp(join(tmpdir(), "crngwatch-lab-project-"));
    await cp(project, unbuilt, { recursive: true, filter: (path) => !path.endsWith("/dist") });
    await expect(boot({ kernel: "6.12", project: unbuilt, script: "" })).rejects.toThrow(
      "it has no dist, run npm run build",
    );
    await rm(unbuilt, { recursive: true });
  });
});
