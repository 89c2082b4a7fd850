import { describe, expect, it } from "vitest";
import { ConsoleWork } from "../../../../src/parse/sign/course/console-work.ts";

const unstamped = { origin: "unsaid", at: null, storedAt: null, wall: null, wallForm: null, tag: null } as const;
const begins = "Freeing unused kernel memory: 264K";
const ready = "random: crng init done";

/** What these lines of a console show; `kernel: ` in front marks one in a form of the kernel's. */
function workOf(...lines: readonly string[]): ReturnType<ConsoleWork["get"]> {
  const work = new ConsoleWork();
  for (const line of lines) {
    const text = line.replace(/^kernel: /, "");
    work.take(
      { ...unstamped, indent: 0, text },
      { isUserSpace: text === begins, isReady: text === ready, hasKernelForm: text !== line },
    );
  }
  return work.get();
}
const many = (count: number, text: string): readonly string[] => Array<string>(count).fill(text);

describe("ConsoleWork: user space at work on a console without stamps", () => {
  it("is its lines before readiness and after it, once it has begun", () => {
    expect(workOf("starting disks", `kernel: ${begins}`, "mounting disks", ready, "set up eth0", "set up br0")).toEqual(
      {
        workBefore: 1,
        workAfter: 2,
        workAsks: false,
      },
    );
  });

  it("is no line of the kernel's, which goes on while programs wait, and no drawing", () => {
    const lines = ["kernel: usb 1-1: new device", "random: init: uninitialized urandom read", "##  ##", "[12/80]", ""];
    expect(workOf(`kernel: ${begins}`, ...lines, ready, ...lines)).toMatchObject({ workBefore: 0, workAfter: 0 });
  });

  it("is counted in the 80 lines after readiness", () => {
    expect(workOf(begins, ready, ...many(79, "kernel: usb 1-1: new"), "set up eth0", "set up br0").workAfter).toBe(1);
  });

  it("is no line with a stamp", () => {
    const work = new ConsoleWork();
    for (const stamp of [{ at: 1 }, { storedAt: 1 }, { wall: 1 }])
      work.take(
        { ...unstamped, ...stamp, indent: 0, text: "mounting disks" },
        { isUserSpace: true, isReady: false, hasKernelForm: false },
      );
    expect(work.get()).toEqual({ workBefore: 0, workAfter: 0, workAsks: false });
  });
});

describe("ConsoleWork: a line that may have waited", () => {
  it.each([
    "Starting sshd: OK",
    "dropbearkey -t rsa",
    "Generating 2048 bit RSA private key, 65537",
    "Loading random seed",
    "haveged starting up",
    "Starting nginx",
    "systemd[1]: Detected architecture x86-64.",
    "Waiting for the network",
    "Here it hangs for a while",
    "and I see nothing more",
  ])("asks where it stands right before readiness: %s", (text) => {
    expect(workOf(begins, text, ready).workAsks).toBe(true);
    expect(workOf(begins, text, ...many(11, "mounting disks"), ready).workAsks).toBe(true);
    expect(workOf(begins, text, ...many(12, "mounting disks"), ready).workAsks).toBe(false);
  });

  it.each(["keyboard layout set", "I/O scheduler set", "systemd[1]: Started Login Service.", "mount swept"])(
    "is none of these: %s",
    (text) => expect(workOf(begins, text, ready).workAsks).toBe(false),
  );

  it.each(["Starting gadget", " * Launching the gadget", "Running /etc/init.d/S90gadget", "Setting up the gadget"])(
    "is the last line before readiness where it says what begins, and not how it went: %s",
    (text) => {
      expect(workOf(begins, text, ready).workAsks).toBe(true);
      expect(workOf(begins, text, "kernel: usb 1-1: new device", ready).workAsks).toBe(true);
      expect(workOf(begins, `${text}: OK`, ready).workAsks).toBe(false);
      expect(workOf(begins, text, "mounting disks", ready).workAsks).toBe(false);
    },
  );

  it("is one that speaks of a wait after readiness, and not a step that starts there", () => {
    expect(workOf(begins, ready, "it hung until here").workAsks).toBe(true);
    expect(workOf(begins, ready, ...many(12, "set up"), "it hung until here").workAsks).toBe(false);
    expect(workOf(begins, ready, "Starting sshd: OK").workAsks).toBe(false);
  });

  it("is one of a program that draws random bytes and speaks right after readiness", () => {
    const listens = "sshd: Server listening on 0.0.0.0 port 22.";
    expect(workOf(begins, ready, "set up eth0", "set up br0", listens).workAsks).toBe(true);
    expect(workOf(begins, ready, ...many(3, "set up eth0"), listens).workAsks).toBe(false);
    expect(workOf(begins, ready, "Host key of the box is there").workAsks).toBe(true);
    expect(workOf(begins, ready, "bin  lib  libcrypt.so  sshd").workAsks).toBe(false);
  });
});
