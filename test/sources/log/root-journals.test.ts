import { copyFileSync, mkdirSync, readlinkSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { confineTo } from "../../../src/platform/confined.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { LogUnreadable } from "../../../src/sources/log/log-unreadable.ts";
import { journalsLeftOut, openJournalsOf } from "../../../src/sources/log/open-journals.ts";
import { journalPlace, listBoots, describeBoots } from "../../../src/sources/log/past-boots.ts";
import { hostFolder, temporaryFolder } from "../../support/host/host-folder.ts";
import { journalFile, journalMachine, whyNoJournalFiles } from "../../support/inputs/journal-file.ts";
import { everything } from "../../support/inputs/logs.ts";
import { openThings } from "../../support/inputs/packed.ts";

/** IDs of boots. */
const [first, second, third] = ["a1", "b2", "c3"].map((pair) => pair.repeat(16)) as [string, string, string];
const otherMachine = "0123456789abcdef0123456789abcdef";

/** A journal file of one boot, in which the CRNG became ready. */
function journal(path: string, bootId: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const made = join(temporaryFolder(), "made.journal");
  journalFile(made, [
    {
      _BOOT_ID: bootId,
      _TRANSPORT: "kernel",
      _SOURCE_MONOTONIC_TIMESTAMP: "4200000",
      PRIORITY: "5",
      MESSAGE: "random: crng init done",
    },
  ]);
  copyFileSync(made, path);
}

/** A root with these journals, by their path in it. */
function rootWith(journals: Readonly<Record<string, string>>): string {
  const top = hostFolder({ "etc/machine-id": `${journalMachine}\n` });
  confineTo(top);
  for (const [path, bootId] of Object.entries(journals)) journal(join(top, path), bootId);
  return top;
}

/** The boots that a root's journal has, with the times of readiness; or why there is none. */
async function bootsOf(top: string): Promise<Readonly<Record<string, number | null>> | string> {
  const place = journalPlace(rootsBelow(top), null);
  try {
    const warn = (text: string): never => expect.fail(text);
    const boots = await describeBoots(place, await listBoots(place), { brief: true, warn });
    return Object.fromEntries(
      boots.map(({ bootId, record }) => [bootId.replaceAll("-", ""), record.readiness.readyAt]),
    );
  } catch (error) {
    if (!(error instanceof LogUnreadable)) throw error;
    return error.message;
  }
}

describe.skipIf(whyNoJournalFiles !== null)(`the journal below a root ${whyNoJournalFiles ?? ""}`, () => {
  it("has the files of all its machines, of the running boot, and those that were not closed", async () => {
    const top = rootWith({
      [`var/log/journal/${journalMachine}/system.journal`]: first,
      [`var/log/journal/${otherMachine}/system@0005-0006.journal~`]: second,
      [`run/log/journal/${journalMachine}/system.journal`]: third,
    });
    const before = openThings();
    expect(await bootsOf(top)).toEqual({ [first]: 4.2, [second]: 4.2, [third]: 4.2 });
    expect(openThings()).toEqual(before);
  });

  it.each<[what: string, link: string, target: string]>([
    ["the folder of all machines", "var/log/journal", "journals"],
    ["the folder of a machine", `var/log/journal/${journalMachine}`, `journals/${journalMachine}`],
    ["a journal file", `var/log/journal/${journalMachine}/system.journal`, `journals/${journalMachine}/system.journal`],
    ["/var", "var", "outside-var"],
    ["/run", "run", "outside-var"],
  ])("is not that of this machine where a link of the host would lead there: %s", async (_what, link, target) => {
    const outside = temporaryFolder();
    journal(join(outside, "journals", journalMachine, "system.journal"), first);
    journal(join(outside, "outside-var/log/journal", journalMachine, "system.journal"), first);
    for (const made of [join(outside, target), `${"../".repeat(20)}${join(outside, target)}`]) {
      const top = rootWith({});
      mkdirSync(dirname(join(top, link)), { recursive: true });
      symlinkSync(made, join(top, link));
      expect(await bootsOf(top)).toMatch(/^No boot can be read from journal '[^']*': /);
      // The same link means a path in the root.
      journal(join(top, outside, "journals", journalMachine, "system.journal"), second);
      journal(join(top, outside, "outside-var/log/journal", journalMachine, "system.journal"), second);
      expect(await bootsOf(top)).toEqual({ [second]: 4.2 });
    }
  });

  it("loses no file by a damaged one", async () => {
    const top = rootWith({
      [`var/log/journal/${journalMachine}/system.journal`]: first,
      [`var/log/journal/${journalMachine}/user-1.journal`]: second,
      [`var/log/journal/${journalMachine}/user-2.journal`]: third,
    });
    truncateSync(join(top, `var/log/journal/${journalMachine}/user-1.journal`), 20_000);
    writeFileSync(join(top, `var/log/journal/${journalMachine}/empty.journal`), "");
    expect(await bootsOf(top)).toEqual({ [first]: 4.2, [third]: 4.2 });
  });

  it("is this machine's in no case: a root without one has none", async () => {
    expect(await bootsOf(rootWith({}))).toMatch(/^No boot can be read from journal '[^']*': /);
  });

  it("is read by its latest files where there are too many, and says how many are left out", async () => {
    const folder = `var/log/journal/${journalMachine}`;
    const archived = Array.from(
      { length: 401 },
      (_, index) => `system@${journalMachine}-${"0".repeat(16)}-${index.toString(16).padStart(16, "0")}.journal`,
    );
    const top = hostFolder(Object.fromEntries(["system.journal", ...archived].map((name) => [join(folder, name), ""])));
    const roots = rootsBelow(top);
    expect(journalsLeftOut(roots)).toBe(2);
    const { descriptors, failed, close } = openJournalsOf(roots);
    const names = descriptors.map((fd) => readlinkSync(`/proc/self/fd/${fd}`));
    close();
    expect([names.length, failed]).toEqual([400, null]);
    expect(names).toContain(join(top, folder, "system.journal"));
    for (const name of archived.slice(0, 2)) expect(names).not.toContain(join(top, folder, name));
    const warnings: string[] = [];
    const selection = () => ({ descriptors: [], failed: null, close: () => undefined });
    const place = { name: "host", selection, leftOut: () => 2 };
    await describeBoots(place, [], { brief: true, warn: (text) => warnings.push(text) });
    expect(warnings).toEqual(["Left out the 2 oldest files of journal 'host'"]);
  });

  it("in a sosreport is not read through a link", async () => {
    const outside = temporaryFolder();
    journal(join(outside, journalMachine, "system.journal"), first);
    for (const link of ["var/log/journal", `var/log/journal/${journalMachine}`]) {
      const report = hostFolder({ "sos_commands/kernel/dmesg": "x" });
      mkdirSync(dirname(join(report, link)), { recursive: true });
      symlinkSync(link.endsWith("journal") ? outside : join(outside, journalMachine), join(report, link));
      journal(join(report, "run/log/journal/system.journal"), second);
      const { logs } = await everything(report);
      expect(logs.map(({ name, error }) => [name, error])).toEqual([
        [join(report, "sos_commands/kernel/dmesg"), null],
        [join(report, "run/log/journal"), null],
      ]);
      expect(logs[1]?.text).toContain(second);
    }
  });
});
