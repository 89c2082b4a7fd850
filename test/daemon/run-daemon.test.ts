import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type BootRecord, emptyRecord } from "../../src/core/boot-record.ts";
import { runDaemon } from "../../src/daemon/daemon.ts";
import type { LoadedRecord } from "../../src/daemon/state-file.ts";
import { bootInterfaceName } from "../../src/exporters/boot-interface-name.ts";
import { type OwnLine, openLog } from "../../src/exporters/log-lines.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { callVarlink } from "../../src/varlink/client.ts";
import { readyLine } from "../support/records/evidence-of.ts";
import { hostOf, temporaryFolder } from "../support/host/host-folder.ts";

const thisBoot = "11111111-2222-3333-4444-555555555555";
const otherBoot = "66666666-7777-8888-9999-000000000000";
const version = "9.8.7";

interface Given {
  readonly loaded?: LoadedRecord;
  /** Null: the boot's ID is not known. */
  readonly bootId?: string | null;
  /** How often systemd does not take READY=1. */
  readonly busy?: number;
  readonly watchdogMilliseconds?: number;
  /** While it serves. */
  readonly meanwhile?: (socket: string) => Promise<void> | void;
}

/** Runs it in this process, on a host without any source, from its start to its end in order. */
async function run({ loaded = { kind: "absent" }, bootId = thisBoot, meanwhile, ...given }: Given = {}) {
  const [lines, sent]: [OwnLine[], string[][]] = [[], []];
  const saved: BootRecord[] = [];
  const stop = new AbortController();
  const socket = join(temporaryFolder(), "socket");
  let busy = given.busy ?? 0;
  await runDaemon(
    {
      host: hostOf({
        "proc/sys/kernel/osrelease": "6.9.3\n",
        ...(bootId === null ? {} : { "proc/sys/kernel/random/boot_id": `${bootId}\n` }),
      }),
      sources: [],
      listen: { path: socket },
      state: { load: () => loaded, save: (record) => (saved.push(record), { kind: "ok", value: undefined }) },
      log: openLog((line) => lines.push(line)),
      notify: {
        watchdogMilliseconds: given.watchdogMilliseconds ?? null,
        send(assignments) {
          sent.push([...assignments]);
          if (assignments[0] !== "READY=1") return true;
          if (busy-- > 0) return false;
          // What follows READY=1 is done by then.
          setImmediate(() => void Promise.resolve(meanwhile?.(socket)).then(() => stop.abort()));
          return true;
        },
      },
      info: { vendor: "v", product: "crngwatch", version, url: "u" },
    },
    stop.signal,
  );
  const texts = lines.map(({ text }) => text);
  const warnings = lines.filter(({ priority }) => priority <= 4).map(({ text }) => text);
  return { texts, warnings, sent, saved, first: saved[0], socket };
}

const ofBoot = (bootId: string | null): BootRecord => ({
  ...fold(emptyRecord(), [readyLine(2.5)]).record,
  bootId,
});
const saves = (bootId: string | null, wrong: string | null = null): LoadedRecord => ({
  kind: "saved",
  record: ofBoot(bootId),
  wrong,
});
const resumed = (record: BootRecord | undefined): boolean => record?.observed.readyLines.length === 1;

describe("runDaemon: from one start to the next", () => {
  it("observes from nothing at the first start, without a warning", async () => {
    const { texts, warnings, first } = await run();
    expect(texts[0]).toBe(`crngwatch ${version} observes this boot`);
    expect(warnings).toEqual([]);
    expect(resumed(first)).toBe(false);
  });

  it("resumes from the record of this boot, and reports that", async () => {
    const { texts, warnings, first } = await run({ loaded: saves(thisBoot) });
    expect(texts[0]).toMatch(/^Resumed from the saved record: .*2\.500000 s/);
    expect([warnings, resumed(first)]).toEqual([[], true]);
  });

  it.each<[what: string, saved: string | null, now: string | null, resumes: boolean]>([
    ["does not resume from another boot's record", otherBoot, thisBoot, false],
    ["resumes from a record without a boot ID", null, thisBoot, true],
    ["resumes from any record where this boot's ID is not known", otherBoot, null, true],
  ])("%s, without a warning", async (_what, savedBoot, bootId, resumes) => {
    const { warnings, first } = await run({ loaded: saves(savedBoot), bootId });
    expect([warnings, resumed(first)]).toEqual([[], resumes]);
  });

  it("continues without a record that is damaged, cannot be read, or is another program's, and warns", async () => {
    const warning = async (loaded: LoadedRecord): Promise<string> => {
      const { warnings, first } = await run({ loaded });
      expect([warnings.length, resumed(first)]).toEqual([1, false]);
      return warnings[0] ?? "";
    };
    const end = ", continuing without it: waits and kernel messages that only it had are lost";
    expect(await warning({ kind: "damaged" })).toBe(`The saved record is damaged${end}`);
    expect(await warning({ kind: "unreadable", why: "EACCES" })).toMatch(/^The saved record cannot be read: .*, cont/);
    const foreign = (savedBy: string | null) => warning({ kind: "foreign", savedBy, bootId: thisBoot });
    expect(await foreign(version)).toBe(`The saved record was written by another build of crngwatch ${version}${end}`);
    expect(await foreign("1.0.0")).toBe(`The saved record was written by another version of crngwatch (1.0.0)${end}`);
    expect(await foreign(null)).toBe(`The saved record was written by another version of crngwatch${end}`);
  });

  it("does not warn of another program's record of another boot, which it would not use anyway", async () => {
    const { warnings } = await run({ loaded: { kind: "foreign", savedBy: "1.0.0", bootId: otherBoot } });
    expect(warnings).toEqual([]);
  });

  it("continues without the values of a record that are damaged, and names the first", async () => {
    const { warnings, first } = await run({ loaded: saves(thisBoot, "waits[3].pid") });
    expect(warnings).toEqual(["The saved record is damaged at waits[3].pid, continuing without these values"]);
    expect(resumed(first)).toBe(true);
  });
});

describe("runDaemon: while it runs", () => {
  it("answers on its socket, saves at its start and at its end, and removes the socket", async () => {
    const answers: unknown[] = [];
    const { saved, socket } = await run({
      loaded: saves(thisBoot),
      async meanwhile(path) {
        answers.push(await callVarlink(path, `${bootInterfaceName}.GetRecord`));
      },
    });
    expect(answers).toMatchObject([{ record: { bootId: thisBoot, readiness: { readyAt: 2.5 } } }]);
    expect(saved.length).toBeGreaterThanOrEqual(2);
    await expect(callVarlink(socket, `${bootInterfaceName}.GetRecord`)).rejects.toThrow();
  });

  it("reports to systemd that it is ready, until systemd accepts that, and that it stops", async () => {
    const { sent } = await run({ busy: 2 });
    const words = sent.map(([first]) => first).filter((word) => !word?.startsWith("STATUS="));
    expect(words).toEqual(["READY=1", "READY=1", "READY=1", "STOPPING=1"]);
    expect(sent.find(([first]) => first === "READY=1")?.[1]).toMatch(/^STATUS=/);
  });

  it("keeps systemd's watchdog quiet as often as that needs, and no longer than it runs", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const { sent } = await run({ watchdogMilliseconds: 500, meanwhile: () => void vi.advanceTimersByTime(1600) });
      const beats = (): number => sent.filter(([first]) => first === "WATCHDOG=1").length;
      expect([beats(), vi.getTimerCount()]).toEqual([3, 0]);
      const without = await run();
      vi.advanceTimersByTime(60_000);
      expect(without.sent.filter(([first]) => first === "WATCHDOG=1")).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });
});
