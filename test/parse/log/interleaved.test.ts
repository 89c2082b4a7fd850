import { describe, expect, it } from "vitest";
import type { Diagnosed } from "../../../src/core/boot-record.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";

function bootsOf(...lines: readonly string[]): readonly Diagnosed[] {
  const reader = new LogReader("console.log");
  reader.push(Buffer.from(`${lines.join("\n")}\n`));
  return reader.end().map(diagnose);
}
const verdictsOf = (...lines: readonly string[]): readonly string[] =>
  bootsOf(...lines).map(({ verdict }) => verdict.rule);
const at = (seconds: number, text: string): string => `[${seconds.toFixed(6).padStart(12)}] ${text}`;
const kernel = (release: string): string => at(0, `Linux version ${release} (a@b) (gcc) #1 SMP`);

describe("the consoles of two machines in one file", () => {
  it("decide nothing, whichever of them was ready early and whichever was late", () => {
    const boots = bootsOf(
      kernel("6.1.0-9-amd64"),
      kernel("5.10.0-9-arm64"),
      at(0.412, "random: crng init done"),
      at(1.2, "Run /init as init process"),
      at(1.4, "systemd[1]: Starting Load/Save Random Seed..."),
      at(61, "random: crng init done"),
      at(3, "systemd[1]: Reached target Multi-User System."),
      at(61.1, "systemd[1]: Finished Load/Save Random Seed."),
      at(9, "eth0: link is up"),
      at(62, "systemd[1]: Reached target Multi-User System."),
    );
    expect(boots).toHaveLength(1);
    const { verdict, kernel: machine, readiness, findings, signs, covers } = boots[0] as Diagnosed;
    // No line can be assigned to one of the machines: one report on all lines, with both ready lines.
    expect(verdict).toMatchObject({ rule: "interleaved", crng: "undecided", waiters: [], remedies: [], lookAt: [] });
    expect(verdict.because).toEqual([
      { text: "a CRNG became ready at 0.412 s, by one of the clocks", line: 3 },
      { text: "a CRNG became ready at 61.000 s, by one of the clocks", line: 6 },
    ]);
    expect(machine.release).toBeNull();
    expect(readiness).toMatchObject({ level: "unknown", readyAt: null });
    expect({ findings, signs }).toEqual({ findings: [], signs: [] });
    expect(covers).toMatchObject({ firstLine: 1, lastLine: 10, fromStart: false });
  });

  it("point to what either of them suffers, the gravest first, which decides nothing", () => {
    const [boot] = bootsOf(
      kernel("6.1.0-9-amd64"),
      kernel("5.10.0-9-arm64"),
      at(1.2, "Run /init as init process"),
      at(61, "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100"),
      at(3, "usb 1-1: device descriptor read/64, error -110"),
      at(61.1, "eth0: link is up"),
      at(9, "eth0: link is up"),
      at(62, "eth1: link is up"),
    );
    expect(boot?.verdict).toMatchObject({ rule: "interleaved", crng: "undecided", because: [] });
    expect(boot?.verdict.lookAt.map(({ line, kind }) => [line, kind])).toEqual([
      [4, "panic"],
      [5, "device"],
    ]);
    // By which of the clocks is not known.
    expect(boot?.signs.map((sign) => sign.at)).toEqual([null, null]);
  });

  it("are known by one return where a kernel's start cut off a boot of five lines, not one of six", () => {
    const rulesOf = (lines: number): readonly string[] =>
      verdictsOf(
        kernel("6.1.0-9-amd64"),
        ...Array.from({ length: lines - 1 }, (_, index) => at((index + 1) / 10, "usb 1-1: new device")),
        kernel("5.10.0-9-arm64"),
        at(61, "random: crng init done"),
        at(3, "systemd[1]: Reached target Multi-User System."),
        at(61.1, "eth0: link is up"),
      );
    expect(rulesOf(5)).toEqual(["interleaved"]);
    expect(rulesOf(6)).not.toContain("interleaved");
  });

  it("are distinguished from a capture that begins in the middle of both", () => {
    const rules = verdictsOf(
      ...[70, 80, 90, 100].flatMap((late) => [at(late, "eth0: link is up"), at(late - 60, "usb 1-1: new device")]),
    );
    expect(rules).toEqual(["interleaved"]);
  });
});

describe("boots one after the other", () => {
  it("are not mixed: in each, time begins anew", () => {
    const boot = (release: string): readonly string[] => [
      kernel(release),
      at(0.5, "random: crng init done"),
      at(2, "Run /init as init process"),
      at(40, "eth0: link is up"),
    ];
    const rules = verdictsOf(...boot("6.1.0"), ...boot("6.1.1"), ...boot("6.1.2"));
    expect(rules).toEqual(["ready-before-user-space", "ready-before-user-space", "ready-before-user-space"]);
  });

  it("are not mixed where the first lines of one are missing, nor in a loop of reboots without any", () => {
    const excerpt = [at(1, "usb 1-1: new device"), at(2, "eth0: link is up"), at(60, "eth0: link is down")];
    const rules = verdictsOf(kernel("6.1.0"), at(30, "eth0: link is up"), ...excerpt, ...excerpt, ...excerpt);
    expect(rules).not.toContain("interleaved");
  });

  it("are not mixed where each begins a little later than the one before, first lines missing", () => {
    const boot = (from: number, to: number): readonly string[] => [
      at(from, "pci 0000:ff:00.4: type 00"),
      at(to, "eth0: link is down"),
    ];
    expect(
      verdictsOf(at(17233, "eth0: up"), ...boot(0.599, 17327), ...boot(0.6, 17390), ...boot(0.601, 17417)),
    ).toHaveLength(4);
    expect(verdictsOf(...boot(0.0775, 5.3), ...boot(0.0777, 12), ...boot(0.0779, 17))).toHaveLength(3);
  });

  it("are mixed where a second clock advances as the first one does, in small steps", () => {
    const lines = [0, 1, 2, 3].flatMap((step) => [
      at(50 + step * 0.2, "usb 1-1: new device"),
      at(5 + step * 0.2, "eth0: link is up"),
    ]);
    expect(verdictsOf(...lines, at(51, "usb 1-1: new device"))).toEqual(["interleaved"]);
  });

  it("are not mixed where one list of stamps is pasted below a later one", () => {
    expect(verdictsOf(at(50, "eth0: link is up"), at(3, "usb 1-1: new device"), at(55, "x: y"))).not.toContain(
      "interleaved",
    );
  });
});
