import { describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { openJournal } from "../../src/exporters/journal.ts";
import { loadLibc } from "../../src/platform/libc.ts";
import { journalEvents } from "../../src/render/journal/journal-events.ts";
import { waitLastsFields } from "../../src/render/journal/journal-fields.ts";
import { openWaitText } from "../../src/render/wait-text.ts";
import { recordOf, startDaemon, stopDaemon } from "../support/running/daemon.ts";
import { hostileNames } from "../support/inputs/hostile-names.ts";
import { startJournald, whyNoJournald } from "../support/running/journald.ts";
import { crngwatch } from "../support/running/program.ts";
import { folderWithRecord } from "../support/records/saved-state.ts";
import { aCaller, aWait } from "../support/records/waits.ts";

/** They began before the CRNG of any machine is ready. */
const waits = hostileNames.map((name, index) =>
  aWait({
    pid: 1000 + index,
    comm: name,
    exe: name,
    unit: name,
    caller: aCaller(name, { function: name }),
    libraries: [name],
    from: 0,
    to: 1,
    seconds: 1,
  }),
);
const namesIn = (record: BootRecord): readonly unknown[] =>
  record.waits.map(({ comm, exe, unit, libraries }) => [comm, exe, unit, ...libraries]);
const four = (names: readonly string[]): readonly unknown[] => names.map((name) => [name, name, name, name]);
/** Without what systemd's JSON would refuse a whole message for. */
const asVarlink = hostileNames.map((name) => name.replaceAll(/\0|\p{Cs}|\p{Noncharacter_Code_Point}/gu, "\ufffd"));
/** Half a surrogate pair has no UTF-8. */
const asUtf8 = hostileNames.map((name) => Buffer.from(name).toString());
// oxlint-disable-next-line no-control-regex -- what a terminal would obey
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/;

describe("what processes call themselves", () => {
  it.skipIf(whyNoJournald !== null)(
    `is one printable line of the journal each, and comes back from its fields ${whyNoJournald ?? ""}`,
    async () => {
      const { socket, entries, journalctl } = await startJournald();
      const libc = loadLibc();
      if (typeof libc === "string") throw new Error(libc);
      const journal = openJournal(libc, { socket, seconds: () => 0 });
      for (const wait of waits)
        journal.send({
          MESSAGE: openWaitText(wait, 41),
          PRIORITY: "4",
          SYSLOG_IDENTIFIER: "crngwatch",
          ...waitLastsFields(wait, 41),
        });
      journal.close();
      const kind = `MESSAGE_ID=${journalEvents["wait-lasts"].id}`;
      const stored = entries(kind);
      for (const field of [
        "CRNGWATCH_COMM",
        "CRNGWATCH_EXE",
        "CRNGWATCH_UNIT",
        "CRNGWATCH_CALLER",
        "CRNGWATCH_LIBRARIES",
      ]) {
        // journalctl gives bytes where a field is not printable.
        expect(
          stored.map((entry) =>
            typeof entry[field] === "string" ? entry[field] : Buffer.from(entry[field] as number[]).toString(),
          ),
        ).toEqual(asUtf8);
      }
      expect(stored.map(({ PRIORITY }) => PRIORITY)).toEqual(hostileNames.map(() => "4"));
      const lines = journalctl("--output=cat", "--all", kind).toString().trimEnd().split("\n");
      expect(lines).toEqual(waits.map((wait) => openWaitText(wait, 41)));
      expect(lines.filter((line) => obeyed.test(line))).toEqual([]);
    },
  );

  it("comes back from the daemon's socket and from JSON, and moves no terminal", async () => {
    const daemon = await startDaemon({ folder: folderWithRecord({ waits }) });
    expect(namesIn(await recordOf(daemon))).toEqual(four(asVarlink));
    const json = await crngwatch(["report", "--format", "json", "--socket", daemon.socket]);
    expect(namesIn((JSON.parse(json.stdout) as { readonly boots: readonly [BootRecord] }).boots[0])).toEqual(
      four(asVarlink),
    );
    for (const words of [["status"], ["report"]]) {
      const { stdout, stderr } = await crngwatch([...words, "--socket", daemon.socket]);
      expect(stderr).toBe("");
      expect(stdout).not.toMatch(obeyed);
      expect(stdout).not.toMatch(/^(?:PRIORITY|MESSAGE|STATUS)=/m);
    }
    expect(await stopDaemon(daemon)).toBe(0);
    expect(daemon.output()).not.toMatch(obeyed);
  });
});
