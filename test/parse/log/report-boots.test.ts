import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord } from "../../../src/core/boot-record.ts";
import { noFacts, type SosFacts } from "../../../src/parse/archive/sos-report.ts";
import { bootsOfReport } from "../../../src/parse/log/report-boots.ts";
import { bootsInPieces } from "./reading-logs.ts";

const stamp = (seconds: number): string => `[${seconds.toFixed(6).padStart(12)}]`;
/** A boot as dmesg prints it; its moment identifies it. */
const dmesg = (release: string, readyAt: number, more = ""): string =>
  `${stamp(0)} Linux version ${release} (a@b) (gcc) #1 SMP\n${more}${stamp(readyAt)} random: crng init done\n`;
const reported = (facts: Partial<SosFacts>, ...logs: readonly string[]): readonly BootRecord[] =>
  bootsOfReport(
    logs.map((log) => bootsInPieces(log)),
    { ...noFacts, ...facts },
  );
const readyTimes = (boots: readonly BootRecord[]): unknown => boots.map(({ readiness }) => readiness.readyAt);
const commandLines = (boots: readonly BootRecord[]): unknown => boots.map(({ kernel }) => kernel.commandLine);

const three = dmesg("6.1.0", 1.000001) + dmesg("6.1.0", 2.000001) + dmesg("6.1.0", 3.000001);

describe("bootsOfReport", () => {
  it("gives the report's facts to the last boot of a log alone, and that one comes last", () => {
    const boots = reported({ commandLine: "quiet" }, three);
    expect(readyTimes(boots)).toEqual([1.000001, 2.000001, 3.000001]);
    expect(commandLines(boots)).toEqual([null, null, "quiet"]);
  });

  it("gives that boot the report's FIPS mode, and leaves it unknown where the report does not have it", () => {
    const modes = (fipsEnabled: boolean | null) => reported({ fipsEnabled }, three).map(({ fips }) => fips);
    expect([modes(true), modes(false), modes(null)]).toEqual([
      [null, null, true],
      [null, null, false],
      [null, null, null],
    ]);
  });

  it("regards the last boot of a rotated log as an earlier one if its kernel was ready at another moment", () => {
    const rotated = dmesg("6.1.0", 2.000001, `${stamp(1)} random: dd: uninitialized urandom read (16 bytes read)\n`);
    const boots = reported({ commandLine: "quiet", release: "6.1.0" }, dmesg("6.1.0", 3.000001), rotated);
    expect(boots.map(({ readiness, kernel }) => [readiness.readyAt, kernel.commandLine])).toEqual([
      [2.000001, null],
      [3.000001, "quiet"],
    ]);
  });

  it("reports a boot once that two logs have, by the one that shows more", () => {
    const early = `${stamp(0.500001)} random: dd: uninitialized urandom read (16 bytes read)\n`;
    for (const logs of [
      [three, dmesg("6.1.0", 3.000001, early)],
      [dmesg("6.1.0", 3.000001, early), three],
    ]) {
      const boots = reported({ commandLine: "quiet" }, ...logs);
      expect(readyTimes(boots)).toEqual([1.000001, 2.000001, 3.000001]);
      expect(boots.at(-1)).toMatchObject({ kernel: { commandLine: "quiet" }, earlyUses: [{ name: "dd" }] });
    }
  });

  it("reports an earlier boot once, too, by the log that shows more", () => {
    const early = `${stamp(0.500001)} random: dd: uninitialized urandom read (16 bytes read)\n`;
    const boots = reported({}, three, dmesg("6.1.0", 1.000001, early) + dmesg("6.1.0", 3.000001));
    expect(readyTimes(boots)).toEqual([1.000001, 2.000001, 3.000001]);
    expect(boots.map(({ earlyUses }) => earlyUses.length)).toEqual([1, 0, 0]);
  });

  it("regards no boot of another kernel than the report's as the running one", () => {
    const boots = reported({ commandLine: "quiet", release: "6.12.0" }, three, dmesg("6.12.0", 4.000001));
    expect(readyTimes(boots)).toEqual([1.000001, 2.000001, 3.000001, 4.000001]);
    expect(commandLines(boots)).toEqual([null, null, null, "quiet"]);
    expect(commandLines(reported({ commandLine: "quiet", release: "6.12.0" }, three))).toEqual([null, null, null]);
  });

  it("regards a boot with another boot ID as an earlier one, and with the same ID as the running one", () => {
    const id = "0123456789abcdef0123456789abcdef";
    const log = `-- Boot ${id} --\nMar 22 18:17:17 host kernel: random: crng init done\n`;
    const dashed = "01234567-89ab-cdef-0123-456789abcdef";
    expect(commandLines(reported({ commandLine: "quiet", bootId: dashed }, log))).toEqual(["quiet"]);
    expect(commandLines(reported({ commandLine: "quiet", bootId: dashed.replace("0", "f") }, log))).toEqual([null]);
  });

  it("reports a boot once whose ID two logs have, though they share no message", () => {
    const boot = (bootId: string | null): BootRecord => ({ ...emptyRecord(), bootId });
    const ids = (...logs: readonly (readonly BootRecord[])[]) =>
      bootsOfReport(logs, { ...noFacts, bootId: "z" }).map(({ bootId }) => bootId);
    expect(ids([boot("a"), boot("b")], [boot("c"), boot("a")], [boot("b"), boot("a")])).toEqual(["a", "b", "c"]);
    expect(ids([boot(null), boot("b")], [boot(null), boot("b")])).toEqual([null, "b", null]);
  });

  it("joins the ends of two logs of the running kernel, which share no message, and not those of two kernels", () => {
    const other = (release: string): string =>
      `${stamp(0)} Linux version ${release} (a@b) (gcc) #1 SMP\n${stamp(9)} usb 1-1: new device\n`;
    expect(reported({}, dmesg("6.1.0", 3.000001), other("6.1.0"))).toHaveLength(1);
    const two = reported({ commandLine: "quiet" }, dmesg("6.1.0", 3.000001), other("6.1.1"));
    expect(two.map(({ kernel }) => [kernel.release, kernel.commandLine])).toEqual([
      ["6.1.1", null],
      ["6.1.0", "quiet"],
    ]);
  });

  it("has no boot where no log has one", () => {
    expect(reported({ commandLine: "quiet" })).toEqual([]);
  });

  it("does not compare each boot with all others, of which an archive may hold a hundred thousand", () => {
    const looksAt = (count: number): number => {
      let looks = 0;
      const log = Array.from({ length: count }, (_, boot) => dmesg("6.1.0", 1.000001 + boot)).join("");
      const boots = bootsInPieces(log).map(
        (boot) =>
          new Proxy(boot, {
            get(target, name) {
              looks++;
              return Reflect.get(target, name) as unknown;
            },
          }),
      );
      expect(bootsOfReport([boots, boots], noFacts)).toHaveLength(count);
      return looks;
    };
    expect(looksAt(80)).toBeLessThan(3 * looksAt(40));
  });
});
