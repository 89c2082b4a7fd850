import { beforeAll, describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import type { Wait } from "../../src/core/wait.ts";
import { fullyArmed, kernels, recordIn, stampOf, startDaemon } from "./guests.ts";
import { boot, type KernelSeries, type Transcript } from "./lab/boot.ts";
import { compiled } from "./lab/compiled.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/** One program at a time, so that each waits by itself: the CRNG is ready behind it. */
async function waiting(
  kernel: KernelSeries,
  command: (callers: string) => string,
  { commandLine = "", programs = [] }: { readonly commandLine?: string; readonly programs?: readonly string[] } = {},
): Promise<{ readonly guest: Transcript; readonly record: BootRecord }> {
  const callers = await compiled(
    "callers",
    "-O2",
    "-fomit-frame-pointer",
    "-s",
    "-l:libcrypto.so.3",
    "-l:libgcrypt.so.20",
  );
  const guest = await boot({
    kernel,
    commandLine: `printk.devkmsg=on ${commandLine}`,
    programs: [callers, ...programs],
    timeoutSeconds: 480,
    script: `${startDaemon}\nstart_daemon\nsleep 1\n${command(callers)} >/dev/null & waiter=$!\nwait $waiter\nsleep 3\nsection record\ncrngwatch status --json\nsection report\ncrngwatch report\nsection log\ndmesg`,
  });
  return { guest, record: recordIn(guest.section("record")) };
}

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
  const told = (guest: Transcript, words: string): void =>
    expect(guest.section("log")).toMatch(
      new RegExp(`callers\\[\\d+\\] waited \\d\\.\\d{3} s for the CRNG in ${words}$`, "m"),
    );

  it("and calls getrandom() itself: no library is named", async () => {
    const { guest, record } = await waiting(kernel, (callers) => `${callers} own`);
    expect(record.waits).toMatchObject([
      {
        comm: "callers",
        interface: "getrandom",
        request: { syscall: "getrandom", bytes: 77, flags: 0 },
        caller: { library: null, how: "stack", fromConstructor: false },
        librariesSource: "maps",
      },
    ]);
    expect(record.waits[0]?.libraries.toSorted()).toEqual(["libcrypto.so.3", "libgcrypt.so.20"]);
    expect(record.waits.map(names)[0]?.slice(0, 3)).toEqual(["libc.so.6 getrandom", "callers -", "callers -"]);
    told(guest, "getrandom from its own code");
    expect(guest.section("report")).not.toMatch(/via lib/);
  });

  const hasOwnMounts = withOwnMounts.includes(kernel);
  it(`and calls gcry_randomize()${hasOwnMounts ? ", in mounts of its own" : ""}: libgcrypt, with the whole chain`, async () => {
    const { guest, record } = await waiting(kernel, (callers) =>
      hasOwnMounts ? boxed(`${callers} gcrypt`) : `${callers} gcrypt`,
    );
    expect(record.waits).toMatchObject([
      {
        request: { bytes: 120, flags: 0 },
        caller: { library: "libgcrypt.so.20", how: "stack", fromConstructor: false },
      },
    ]);
    const chain = record.waits.map(names)[0] ?? [];
    expect(chain[0]).toBe("libc.so.6 getentropy");
    // gcry_randomize() itself jumps into a static function, and leaves no frame.
    expect(chain.slice(1, 1 + runOf(chain, inLibgcrypt)).length).toBeGreaterThan(1);
    expect(chain[1 + runOf(chain, inLibgcrypt)]).toBe("callers -");
    expect(chain.at(-1)).toBe("callers -");
    told(guest, "getrandom via libgcrypt\\.so\\.20");
    expect(guest.section("report")).toMatch(/getentropy.* ← libgcrypt\.so\.20/);
  });

  it("and calls RAND_bytes(): libcrypto, with the whole chain; and the CRNG is ready no sooner for it", async () => {
    const { guest, record } = await waiting(kernel, (callers) => `${callers} openssl`);
    expect(record.waits).toMatchObject([
      { request: { bytes: 48, flags: 0 }, caller: { library: "libcrypto.so.3", how: "stack", fromConstructor: false } },
    ]);
    const chain = record.waits.map(names)[0] ?? [];
    expect(runOf(chain, inLibcrypto)).toBeGreaterThan(1);
    expect(chain[1 + runOf(chain, inLibcrypto)]).toBe("callers -");
    told(guest, "getrandom via libcrypto\\.so\\.3");
    expect(record.readiness.readyAt).toBe(stampOf(guest.section("log"), "random: crng init done"));
    expect(record.waits[0]?.ended).toBe("returned");
  });
});

describe.skipIf(reason !== null)("a library that draws as it is loaded, as RHEL's libgcrypt does", () => {
  let record: BootRecord;
  let guest: Transcript;
  beforeAll(async () => {
    const library = await compiled("drawing-library", "-shared", "-fPIC", "-Wl,-soname,libdrawing.so.1");
    ({ guest, record } = await waiting("6.12", (callers) => `LD_PRELOAD=${library} ${callers} none`, {
      programs: [library],
    }));
  });

  it("is named with its constructor, before main()", () => {
    expect(record.waits).toMatchObject([
      {
        comm: "callers",
        request: { bytes: 31, flags: 0 },
        caller: {
          library: expect.stringMatching(/^libdrawing\.so\.1$/) as string,
          how: "stack",
          fromConstructor: true,
        },
      },
    ]);
    expect(guest.section("log")).toMatch(/for the CRNG in getrandom via the constructor of libdrawing\.so\.1$/m);
  });
});

describe.skipIf(reason !== null)("the waiters before crngwatch ran, by the recorder alone", () => {
  it.each<KernelSeries>(["5.10", "7.2"])(
    "on %s: its request, and the library where no other asks so",
    async (kernel) => {
      const callers = await compiled(
        "callers",
        "-O2",
        "-fomit-frame-pointer",
        "-s",
        "-l:libcrypto.so.3",
        "-l:libgcrypt.so.20",
      );
      const guest = await boot({
        kernel,
        commandLine: `printk.devkmsg=on ${fullyArmed}`,
        programs: [callers],
        script: `${startDaemon}\n${callers} gcrypt\nstart_daemon\nsleep 2\nsection record\ncrngwatch status --json`,
      });
      expect(recordIn(guest.section("record")).waits).toMatchObject([
        {
          comm: "callers",
          interface: "getrandom",
          request: { syscall: "getrandom", bytes: 120, flags: 0 },
          caller: { library: "libgcrypt.so.20", how: "request", stack: [] },
        },
      ]);
    },
  );
});
