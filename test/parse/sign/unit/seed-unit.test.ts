import { describe, expect, it } from "vitest";
import type { At } from "../../../../src/parse/sign/line/at.ts";
import { endedStart } from "../../../../src/parse/sign/unit/ended-start.ts";
import { Units } from "../../../../src/parse/sign/unit/units.ts";

const at = (line: number, time: number | null): At => ({ line, time, at: time });
type Line = readonly [time: number | null, text: string | null, program?: string | null];

/** Lines of a log, of systemd's where they name no other program; `null`: the CRNG is ready. */
function read(...lines: readonly Line[]): { readonly units: Units; readonly end: At } {
  const units = new Units();
  let end = at(0, null);
  for (const [index, [time, text, program = "systemd"]] of lines.entries()) {
    end = at(index + 1, time);
    if (text === null) units.ready(end);
    else units.take({ program, byKernel: program === null, text }, 0, end);
  }
  return { units, end };
}
const seedOf = (...lines: readonly Line[]) => read(...lines).units.seed;

const [starts, finishes] = ["Starting Load/Save Random Seed...", "Finished Load/Save Random Seed."];
const unit = "systemd-random-seed.service";
const audit = (name: string, result = "success"): string =>
  `audit: type=1130 audit(1700000000.123:4): pid=1 uid=0 auid=4294967295 ses=4294967295 subj=kernel msg='unit=${name} comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=${result}'`;

describe("SeedUnit: when the unit of the random seed was done", () => {
  it("is by its own line, where systemd is known to be one with which it waits", () => {
    expect(seedOf([2.5, finishes]).done).toMatchObject({ line: 1, time: 2.5 });
    expect(seedOf([2.5, "Finished systemd-random-seed.service - Load/Save OS Random Seed."]).done).not.toBeNull();
    // Of an older one, or of one that is not known, it may only have written its file.
    expect(seedOf([2.5, "Started Load/Save Random Seed."]).done).toBeNull();
    expect(seedOf([2.5, "Started Load/Save Random Seed."], [2.6, "Finished Apply Kernel Variables."]).done?.line).toBe(
      1,
    );
  });

  it("is known from systemd 243 on by its first words, and never before that", () => {
    const by = (banner: string): unknown => seedOf([1, banner], [2.5, "Started Load/Save Random Seed."]).done;
    expect(by("systemd 243.8-1.fc31 running in system mode. (+PAM +AUDIT)")).not.toBeNull();
    expect(by("systemd 244 running in system mode.")).not.toBeNull();
    expect(by("systemd 242.4-1.fc31 running in system mode. (+PAM +AUDIT)")).toBeNull();
    expect(by("systemd 243 is installed")).toBeNull();
  });

  it("is not shown by other units that draw or write a seed", () => {
    expect(
      seedOf([2.5, "Finished systemd-boot-random-seed.service - Update Boot Loader Random Seed."]).done,
    ).toBeNull();
    expect(seedOf([2.5, "Finished LSB: Load/Save Random Seed."]).done).toBeNull();
  });

  it("is the first one of a boot", () => {
    expect(seedOf([2.5, finishes], [900, finishes]).done?.line).toBe(1);
  });

  it("comes with how long it took, where its start is in the log", () => {
    expect(seedOf([2, starts], [2.5, finishes]).took).toBe(0.5);
    expect(seedOf([2.5, finishes]).took).toBeNull();
  });
});

describe("Units: the end of a unit in systemd's debug log and in the audit log", () => {
  const ends = [
    [`${unit}: Child 312 belongs to ${unit}.`, "systemd"],
    [`${unit}: Main process exited, code=exited, status=0/SUCCESS`, "systemd"],
    [`${unit}: Changed start -> exited`, "systemd"],
    [`${unit}: Job 57 ${unit}/start finished, result=done`, "systemd"],
    ["Received SIGCHLD from PID 312 (systemd-random-).", "systemd"],
    [audit("systemd-random-seed"), null],
    [audit("systemd-random-seed").replace(/^audit: type=1130 audit\([\d.:]+\): /, "SERVICE_START "), "audit"],
  ] as const;

  it.each(ends)("is read from '%s'", (text, program) => {
    expect(endedStart(program, text)).toBe(unit);
  });

  it.each([
    [`${unit}: Child 312 belongs to ${unit}.`, "app"],
    [`${unit}: Main process exited, code=exited, status=1/FAILURE`, "systemd"],
    [`${unit}: Changed dead -> start`, "systemd"],
    [`${unit}: Job 57 ${unit}/stop finished, result=done`, "systemd"],
    [`${unit}: Job 57 ${unit}/start finished, result=timeout`, "systemd"],
    ["Received SIGCHLD from PID 312 (systemd-udevd).", "systemd"],
    // Of a unit with several processes the exit of one is not its end.
    ["sshd-keygen@rsa.service: Child 312 belongs to sshd-keygen@rsa.service.", "systemd"],
    [audit("systemd-random-seed", "failed"), null],
    [audit("systemd-random-seed").replace("1130", "1131"), null],
  ])("is not read from '%s'", (text, program) => {
    expect(endedStart(program, text)).toBeNull();
  });

  it("shows a wait as its status line does, and only once where both are there", () => {
    const lines: readonly Line[] = [
      [1, "systemd 252.4-1.fc37 running in system mode (+PAM)"],
      [2, starts],
      [40, null],
      [40.01, `${unit}: Child 312 belongs to ${unit}.`],
      [40.02, `${unit}: Changed start -> exited`],
      [40.03, finishes],
    ];
    const { units, end } = read(...lines);
    expect(units.waits(end)).toMatchObject([{ line: 2, seconds: 38, open: false, proof: "shown" }]);
    expect(units.atReady.released).toHaveLength(1);
    expect(units.seed.done?.line).toBe(4);
  });

  it("leaves a unit open of which it shows no end", () => {
    const { units, end } = read([2, starts], [3, `${unit}: Changed dead -> start`], [13, "Reached target Swaps."]);
    expect(units.waits(end)).toMatchObject([{ open: true, seconds: 11 }]);
  });

  it("is that of a unit whose status line has its name in front of its description", () => {
    const { units, end } = read(
      [2, "Starting sshd-keygen@rsa.service - OpenSSH rsa Server Key Generation..."],
      [3, "sshd-keygen@rsa.service: Job 91 sshd-keygen@rsa.service/start finished, result=done"],
      [20, "Reached target Basic System."],
    );
    expect(units.waits(end)).toEqual([]);
  });
});
