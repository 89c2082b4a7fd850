import { describe, expect, it } from "vitest";
import type { SignsSeen } from "../../../src/core/log-evidence.ts";
import { LogSigns } from "../../../src/parse/sign/log-signs.ts";
import type { SignLine } from "../../../src/parse/sign/line/spoken.ts";

const plain = { origin: "unsaid", at: null, storedAt: null, wall: null, wallForm: null, tag: null, indent: 0 } as const;
type Given = Partial<SignLine> & Pick<SignLine, "text">;

function read(...lines: readonly Given[]): SignsSeen {
  const signs = new LogSigns();
  lines.forEach((line, index) => {
    const isReady = line.text === "random: crng init done";
    signs.take({ ...plain, ...line }, index + 1, isReady ? { kind: "ready", pool: "crng", trusting: null } : null);
  });
  return signs.evidence();
}
const ready: Given = { origin: "kernel", wall: 20, text: "random: crng init done" };

describe("LogSigns: a report that a mail broke", () => {
  const pieces = (...bare: readonly string[]) =>
    read({ at: 900, text: "INFO: task kworker/u16:9:=" }, ...bare.map((text): Given => ({ text }))).signs.map(
      ({ line, text }) => ({ line, text }),
    );

  it("into three pieces is one report, on its first line", () => {
    expect(pieces("7088", "blocked for more than 120 seconds.")).toEqual([
      { line: 1, text: "kworker/u16:9 blocked for more than 120 s" },
    ]);
  });

  it("into more is none", () => {
    expect(pieces("7088", "blocked", "for more than 120 seconds.")).toEqual([]);
  });
});

describe("LogSigns: the waiter's name", () => {
  /** A report whose prose blames the CRNG, and the programs that the kernel saw read early. */
  const named = (prose: string, ...readers: readonly string[]) => {
    const signs = new LogSigns();
    signs.take({ ...plain, text: prose }, 1, null);
    readers.forEach((name, index) =>
      signs.take({ ...plain, at: index + 1, text: "random: …" }, index + 2, {
        kind: "early-use",
        use: "urandom-read",
        name,
        bytes: 16,
        bits: null,
      }),
    );
    return signs.evidence().reportedWaits.map(({ name }) => name);
  };
  const blame = "The boot with diskkey is slow because of missing entropy";

  it("is that of the one early reader of which the report speaks", () => {
    expect(named(blame, "systemd-udevd", "diskkey", "diskkey")).toEqual(["diskkey (named by the report)"]);
    expect(named(blame, "otherd")).toEqual([null]);
    expect(named(blame)).toEqual([null]);
  });

  it("is not known where the report speaks of several of them, or of a program that starts all others", () => {
    expect(named(`${blame} and keyd`, "diskkey", "keyd")).toEqual([null]);
    expect(named("systemd is slow because of missing entropy", "systemd")).toEqual([null]);
  });

  it("is that in front of a Wi-Fi daemon's words, of which two print the same", () => {
    const words = "random: Cannot read from /dev/random: Resource temporarily unavailable";
    const by = (tag: string | null) => read({ wall: 9, tag, text: words }).reportedWaits.map(({ name }) => name);
    expect(by("wpa_supplicant")).toEqual(["wpa_supplicant"]);
    expect(by(null)).toEqual(["a Wi-Fi daemon (hostapd or wpa_supplicant)"]);
  });
});

describe("LogSigns: whose line it is", () => {
  it("reads a line without a tag as a program's if the kernel's lines have theirs and all have a wall clock", () => {
    const before = (...front: readonly Given[]) => read(...front, ready).course.ready?.before;
    const kernels: Given = { origin: "kernel", wall: 9, text: "usb 1-1: new device" };
    expect(before(kernels, { wall: 10, text: "something starts" })).toMatchObject({ line: 2, byProgram: true });
    expect(before({ wall: 9, text: "usb 1-1" }, { wall: 10, text: "something starts" })).toMatchObject({
      byProgram: false,
    });
    expect(before(kernels, { ...kernels, wall: 10 })).toMatchObject({ line: 2, byProgram: false });
    const stamped = read(kernels, { at: 5, wall: 10, text: "usb 1-2" }, { ...ready, at: 6 }).course.ready?.before;
    expect(stamped).toMatchObject({ line: 2, byProgram: false });
  });

  it("reads a status line of systemd on a console as user space's, and a unit's start if it is indented", () => {
    const userSpace = (line: Given) => read({ at: 1, text: "usb 1-1" }, line).course.userSpace;
    expect(userSpace({ text: "[  OK  ] Started sshd.service." })).toEqual({ line: 2, at: null });
    expect(userSpace({ text: "Starting the SSH server...", indent: 9 })).toEqual({ line: 2, at: null });
    expect(userSpace({ text: "Starting the SSH server...", indent: 3 })).toBeNull();
    expect(userSpace({ text: "Starting the SSH server", indent: 9 })).toBeNull();
    expect(userSpace({ at: 2, text: "Starting the SSH server...", indent: 9 })).toBeNull();
  });

  it("does not regard the random number generator's own lines as work of user space", () => {
    const own = (text: string) =>
      read({ at: 1, text: "usb 1-1" }, { at: 2, text }, { at: 9, text: ready.text }).course.ready;
    expect(own("random: fast init done")).toMatchObject({ before: { line: 1 }, ownLinesBefore: 1 });
    expect(own("usb 1-2")).toMatchObject({ before: { line: 2 }, ownLinesBefore: 0 });
  });
});

describe("LogSigns: a program's own words", () => {
  const waits = (line: Given) => read(line).reportedWaits.map(({ by, name }) => [by, name]);
  const words = "Kernel entropy pool is not initialized yet, waiting until it is.";

  it("report its wait, and are no program's in a line of the kernel's", () => {
    expect(waits({ at: 2, tag: "systemd-random-seed", text: words })).toEqual([
      ["own-words", "systemd-random-seed.service"],
    ]);
    expect(waits({ origin: "kernel", at: 2, text: words })).toEqual([]);
  });

  it("are put together where a terminal broke them at its last column, within a word as well", () => {
    const took =
      "Creation of SecureRandom instance for session ID generation using [SHA1PRNG] took [9,500] milliseconds.";
    const broken = (before: string, column: number, second: Partial<Given> = {}) => {
      const whole = before + took;
      const lines = [{ text: whole.slice(0, column) }, { ...second, text: whole.slice(column) }];
      return read(...lines).reportedWaits.map(({ name, line, seconds }) => [name, line, seconds]);
    };
    const front = "01-Jan-2020 10:00:00.000 INFO [main] org.example.SessionIds.create ";
    expect(broken(front, 90)).toEqual([["Tomcat", 1, 9.5]]);
    expect(broken("", 70)).toEqual([["Tomcat", 1, 9.5]]);
    expect(broken("", 69)).toEqual([]);
    expect(broken(front, 90, { at: 9 })).toEqual([]);
  });
});

describe("LogSigns: FIPS mode", () => {
  it("is shown by the first line that is printed in that mode alone, in a log", () => {
    const line = (...lines: readonly Given[]) => read(...lines).course.fipsLine;
    const says: Given = { at: 1, text: "Self testing crypto algorithms" };
    expect(line({ at: 0.5, text: "usb 1-1" }, says, says)).toBe(2);
    expect(line({ text: says.text })).toBeNull();
    expect(line({ at: 0.5, text: "usb 1-1" })).toBeNull();
  });
});

describe("LogSigns: a report of the kernel's that a mail or a person has changed", () => {
  const graveOf = (...lines: readonly Given[]) =>
    read(...lines)
      .signs.filter(({ gravity }) => gravity !== "notes")
      .map(({ kind, line }) => [kind, line]);
  const head = "INFO: task updater:77 blocked for more than 120";

  it("is read where a line break of quoted-printable, or of a narrow terminal, cut it in two", () => {
    expect(graveOf({ at: 5, text: `${head} =` }, { text: "seconds." })).toEqual([["hung-task", 1]]);
    expect(graveOf({ at: 5, text: head }, { text: "seconds." })).toEqual([["hung-task", 1]]);
    // It is cut off.
    expect(graveOf({ at: 5, text: head }, { at: 6, text: "seconds." })).toEqual([["hung-task", 1]]);
    expect(graveOf({ at: 5, text: head }, { text: "" }, { text: "something else" })).toEqual([["hung-task", 1]]);
  });

  it("is one in emphasis or quotation marks, and the words without them in a sentence are talk", () => {
    expect(graveOf({ text: "**watchdog: BUG: soft lockup - CPU#2 stuck for 22s! [sorter:913]**" })).toEqual([
      ["soft-lockup", 1],
    ]);
    expect(graveOf({ text: 'It ends with "task updater:77 blocked for more than 120 seconds." and stands.' })).toEqual([
      ["hung-task", 1],
    ]);
    expect(graveOf({ text: "The kernel says when a task is blocked for more than 120 seconds." })).toEqual([]);
  });

  it("decides nothing where the stack after a quotation is that of a task that waits for the CRNG", () => {
    const quoted: Given = { text: 'Each boot has "INFO: task updater:77 blocked for more than 120 seconds.":' };
    expect(graveOf(quoted, { at: 5, text: "schedule+0x70/0x94" })).toEqual([["hung-task", 1]]);
    expect(graveOf({ text: "# Sporadic `Timed out waiting for device` on boot" })).toEqual([["device", 1]]);
    expect(graveOf({ text: "It says that it timed out waiting for device nodes" })).toEqual([]);
    expect(graveOf(quoted, { at: 5, text: "wait_for_random_bytes+0x150/0x154" })).toEqual([]);
  });

  it("shows a rescue shell by the prompt after which the kernel printed, and no other prompt", () => {
    const message: Given = { at: 5, text: "usb 1-1: new device" };
    expect(graveOf({ ...message, front: "(initramfs) " })).toEqual([["emergency-mode", 1]]);
    expect(graveOf({ ...message, front: "root@box:~# " })).toEqual([]);
  });
});
