import { beforeAll, describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import type { Wait } from "../../src/core/wait.ts";
import {
  callersOptions,
  fullyArmed,
  inGroups,
  kernels,
  oneOrEveryKernel,
  recordIn,
  reportOf,
  seenToGather,
  stampOf,
  startDaemon,
  staticWait,
  withoutTimes,
} from "./guests.ts";
import { boot, type KernelSeries, type Transcript } from "./lab/boot.ts";
import { compiled, withMiniDebugInfo } from "./lab/host/compiled.ts";
import { runProgram } from "./lab/host/host-programs.ts";
import { skipReason } from "./lab/requirements.ts";
import { expectKernelsOwn, printTrace } from "./probed-waits.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

const compiledCallers = async (): Promise<string> => await compiled("callers", ...callersOptions, "-s");
/** Where the one that calls itself is stripped as Fedora does it. */
const withFedoras: readonly KernelSeries[] = ["6.12"];
/** What unpacks its names; no program of the guest needs it. */
const liblzma = "/usr/lib/x86_64-linux-gnu/liblzma.so.5";

/** In mounts of its own, with a root in memory: what its files are called is nothing outside of it. */
const boxed = (command: string): string => `unshare --mount --pid --fork sh -c '
mkdir /box && mount -t tmpfs box /box && cd /box
set -- ${command}
for file in $1 $(/lib64/ld-linux-x86-64.so.2 --list $1 | grep -o "/[^ ]*"); do
  mkdir -p ./$(dirname $file) && cp -L $file ./$file
done
exec chroot /box "$@"'`;
/** In the others the program's mounts are the host's. */
const withOwnMounts: readonly KernelSeries[] = ["6.1", "7.2"];

/**
 * All three are loaded and stand still before they ask. Then they ask at the same time, last in line for the processor,
 * so that the daemon comes to see each of them.
 */
const askingAtOnce = (callers: string, own: string, hasOwnMounts: boolean): string => `${startDaemon}
${inGroups}
start_daemon
mkfifo /run/start
exec 9<>/run/start
in_group own.service ${own} own <&9 & own=$!
in_group gcrypt.service ${hasOwnMounts ? boxed(`${callers} gcrypt`) : `${callers} gcrypt`} <&9 & gcrypt=$!
in_group openssl.service ${callers} openssl <&9 & openssl=$!
# Each is blocked in its read of one byte: it is loaded, with its libraries.
reading() {
  count=0
  for comm in $(grep -l '^callers$' /proc/[0-9]*/comm); do
    pid=\${comm#/proc/}
    if reads_input \${pid%/comm}; then count=$((count + 1)); fi
  done
  [ $count = 3 ]
}
within 60 reading
printf 'ask' >&9
wait $own $gcrypt $openssl
within 30 released
section record
record
section log
dmesg
`;

const names = ({ caller }: Wait): readonly string[] =>
  (caller?.stack ?? []).map(({ file, function: name }) => `${file?.slice(file.lastIndexOf("/") + 1)} ${name ?? "-"}`);
const [inLibgcrypt, inLibcrypto] = [/^libgcrypt\.so\.20/, /^libcrypto\.so\.3/];
/** How many frames of one file follow that of libc. */
function runOf(chain: readonly string[], file: RegExp): number {
  const rest = chain.slice(1);
  const end = rest.findIndex((frame) => !file.test(frame));
  return end < 0 ? rest.length : end;
}

describe.skipIf(reason !== null).each(kernels)("a program that links libcrypto and libgcrypt, on %s", (kernel) => {
  const hasOwnMounts = withOwnMounts.includes(kernel);
  const isFedoras = withFedoras.includes(kernel);
  let guest: Transcript;
  let record: BootRecord;
  let report: string;
  beforeAll(async () => {
    const callers = await compiledCallers();
    const own = isFedoras ? await withMiniDebugInfo("callers", ...callersOptions) : callers;
    guest = await boot({
      kernel,
      commandLine: "printk.devkmsg=on",
      programs: [...new Set([callers, own])],
      files: isFedoras ? { [liblzma]: { from: liblzma } } : {},
      script: askingAtOnce(callers, own, hasOwnMounts),
    });
    record = recordIn(guest.section("record"));
    report = reportOf(record);
  });

  /** The one wait with a request of this length, by which the three are distinguished. */
  function waitFor(bytes: number): Wait {
    const found = record.waits.filter(({ request }) => request?.bytes === bytes);
    expect(found).toHaveLength(1);
    return found[0]!;
  }
  /** What the kernel's log has of one of them, after "for the CRNG in". */
  const wordsOf = ({ pid }: Wait): string | undefined =>
    new RegExp(`callers\\[${pid}\\] waited \\d\\.\\d{3} s for the CRNG in (.*)$`, "m").exec(guest.section("log"))?.[1];
  /** Its lines in the report: the one that names it, and its frames. */
  const reported = ({ pid }: Wait): string =>
    new RegExp(`callers\\[${pid}\\].*(?:\\n.* ← .*)*`).exec(report)?.[0] ?? "";

  it("is seen to wait each time, and no other task is", () => {
    expect(record.waits.map(({ comm, ended }) => `${comm} ${ended}`)).toEqual([
      "callers returned",
      "callers returned",
      "callers returned",
    ]);
  });

  it("and calls getrandom() itself: no library is named", () => {
    const wait = waitFor(77);
    expect(wait).toMatchObject({
      interface: "getrandom",
      request: { syscall: "getrandom", bytes: 77, flags: 0 },
      caller: { library: null, how: "stack", fromConstructor: false },
      librariesSource: "maps",
    });
    expect(wait.libraries.toSorted()).toEqual(["libcrypto.so.3", "libgcrypt.so.20"]);
    expect(names(wait).slice(0, 3)).toEqual(
      isFedoras
        ? ["libc.so.6 getrandom", expect.stringMatching(/^callers draw/), "callers main"]
        : ["libc.so.6 getrandom", "callers -", "callers -"],
    );
    expect(wordsOf(wait)).toBe("getrandom from its own code");
    expect(reported(wait)).toContain("callers");
    expect(reported(wait)).not.toMatch(/via lib/);
  });

  it(`and calls gcry_randomize()${hasOwnMounts ? ", in mounts of its own" : ""}: libgcrypt, with the whole chain`, () => {
    const wait = waitFor(120);
    expect(wait).toMatchObject({
      request: { bytes: 120, flags: 0 },
      caller: { library: "libgcrypt.so.20", how: "stack", fromConstructor: false },
    });
    const chain = names(wait);
    expect(chain[0]).toBe("libc.so.6 getentropy");
    // gcry_randomize() itself jumps into a static function, and leaves no frame.
    expect(chain.slice(1, 1 + runOf(chain, inLibgcrypt)).length).toBeGreaterThan(1);
    expect(chain[1 + runOf(chain, inLibgcrypt)]).toBe("callers -");
    expect(chain.at(-1)).toBe("callers -");
    expect(wordsOf(wait)).toBe("getrandom via libgcrypt.so.20");
    expect(report).toMatch(/getentropy.* ← libgcrypt\.so\.20/);
  });

  it("and calls RAND_bytes(): libcrypto, with the whole chain; and the CRNG is ready no sooner for it", () => {
    const wait = waitFor(48);
    expect(wait).toMatchObject({
      request: { bytes: 48, flags: 0 },
      caller: { library: "libcrypto.so.3", how: "stack", fromConstructor: false },
    });
    const chain = names(wait);
    expect(runOf(chain, inLibcrypto)).toBeGreaterThan(1);
    expect(chain[1 + runOf(chain, inLibcrypto)]).toBe("callers -");
    expect(wordsOf(wait)).toBe("getrandom via libcrypto.so.3");
    expect(record.readiness.readyAt).toBe(stampOf(guest.section("log"), "random: crng init done"));
  });
});

/** What Python reads as it starts, by their paths on this host. */
async function pythonFiles(python: string): Promise<readonly string[]> {
  const imported =
    "import os, sys; print('\\n'.join(m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', None)))";
  return (await runProgram(python, ["-I", "-S", "-c", imported])).trim().split("\n");
}

describe.skipIf(reason !== null).each(oneOrEveryKernel)(
  "Node without its start object, Python, and a library with a constructor, on %s",
  (kernel) => {
    let guest: Transcript;
    let waits: readonly Wait[] = [];
    beforeAll(async () => {
      const python = "/usr/bin/python3";
      const callers = await compiledCallers();
      const library = await compiled("drawing-library", "-shared", "-fPIC", "-Wl,-soname,libdrawing.so.1");
      // Those that gather are last in line for the processor, so that the next comes before they are done.
      const script = `${startDaemon}
${inGroups}
start_daemon
in_group plain.service node -e 0 & plain=$!
within 60 enters_wait $plain
in_group drawing.service env LD_PRELOAD=${library} ${callers} none </dev/null & constructed=$!
within 30 enters_wait $constructed
# Else it reads /dev/urandom for its hash seed, and waits in that.
PYTHONHASHSEED=0 ${python} -S -B -c "import posix; posix.urandom(16)" & python=$!
wait $plain $constructed $python
within 30 released
section record
record
section log
dmesg
${printTrace()}`;
      guest = await boot({
        kernel,
        commandLine: `printk.devkmsg=on ${fullyArmed}`,
        programs: [python, callers, library],
        files: Object.fromEntries((await pythonFiles(python)).map((path) => [path, { from: path }])),
        script,
      });
      ({ waits } = recordIn(guest.section("record")));
    });

    const of = (runtime: string): readonly Wait[] => waits.filter((wait) => wait.runtime === runtime);
    const own = { library: null, how: "stack", fromConstructor: false };

    it("are seen to wait, each once, at the kernel's own times", () => {
      expect(waits).toHaveLength(3);
      expectKernelsOwn(guest, waits);
    });

    it("Node is named like any other program: its own code called, whatever it has inside", () => {
      expect(of("Node.js").map(withoutTimes)).toEqual([
        staticWait({
          comm: expect.stringMatching(/^(?:node|MainThread)$/) as string,
          exe: process.execPath,
          commandLine: "node -e 0",
          unit: "plain.service",
          unitSource: "cgroup",
          runtime: "Node.js",
          libraries: ["libc.so.6"],
          interface: "getrandom",
          gatheredJitter: seenToGather(kernel),
        }),
      ]);
      expect(of("Node.js")).toMatchObject([{ caller: own }]);
    });

    it("and so is Python", () => {
      expect(of("Python")).toMatchObject([
        { caller: own, request: { syscall: "getrandom", bytes: 16, flags: 0 }, interface: "getrandom" },
      ]);
    });

    it("the library is named with its constructor, which called before main(), as RHEL's libgcrypt does", () => {
      expect(waits.filter(({ comm }) => comm === "callers")).toMatchObject([
        {
          request: { bytes: 31, flags: 0 },
          caller: { library: "libdrawing.so.1", how: "stack", fromConstructor: true },
        },
      ]);
      expect(guest.section("log")).toMatch(/for the CRNG in getrandom via the constructor of libdrawing\.so\.1$/m);
    });
  },
);
