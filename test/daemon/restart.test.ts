import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BootRecord, bootsSchema, emptyRecord } from "../../src/core/boot-record.ts";
import { version } from "../../src/core/base/version.ts";
import { recordDigest } from "../../src/core/shape/record-digest.ts";
import { killDaemon, recordOf, spawnDaemon, startDaemon } from "../support/running/daemon.ts";
import { pause } from "../support/running/until.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { bootId as thisBootId } from "../support/records/saved-state.ts";

/**
 * What must outlive a daemon: all that was observed and concluded of the boot, without the daemon's own life and the
 * latest sample.
 */
function story({
  bootId,
  kernel,
  readiness,
  earlyInit,
  earlyUses,
  missedWarnings,
  reseeds,
  fips,
  gaps,
  anomalies,
  supply,
  observed,
}: BootRecord): unknown {
  const { readyLines, earlyInits, notes, commandLineEcho, probe } = observed;
  return {
    bootId,
    kernel,
    readiness,
    earlyInit,
    earlyUses,
    missedWarnings,
    reseeds,
    fips,
    gaps,
    anomalies,
    supply,
    readyLines,
    earlyInits,
    notes,
    commandLineEcho,
    firstReturned: probe.firstReturned,
  };
}

/** The saved record's problem; null where there is none, or no record yet. */
function brokenState(folder: string): string | null {
  const path = join(folder, "record.json");
  if (!existsSync(path)) return null;
  const text = readFileSync(path, "utf8");
  try {
    const saved = JSON.parse(text) as { readonly schema: string; readonly boots: readonly BootRecord[] };
    return saved.schema === bootsSchema && saved.boots.length === 1 && saved.boots[0]?.readiness !== undefined
      ? null
      : text;
  } catch (error) {
    return `${String(error)}: ${text}`;
  }
}

describe("a daemon that is killed", () => {
  it("reports the same boot when it comes back", async () => {
    const first = await startDaemon();
    const before = story(await recordOf(first));
    await killDaemon(first);
    const second = await startDaemon({ folder: first.folder });
    expect(story(await recordOf(second))).toEqual(before);
  });

  it("reports what the kernel's ring does not hold any more", async () => {
    const root = temporaryFolder();
    cpSync(hostOfStory("early-uses-4.19"), root, { recursive: true });
    const words = ["--root", root];
    const first = await startDaemon({ words });
    const before = await recordOf(first);
    await killDaemon(first);
    expect(before.earlyUses.length).toBeGreaterThan(0);
    expect(before.readiness).toMatchObject({ level: "ready", exact: true });

    writeFileSync(join(root, "dev/kmsg"), "6,5000,1700000000,-;usb 1-1: new high-speed USB device\n");
    const { readiness, earlyUses, gaps } = await recordOf(await startDaemon({ folder: first.folder, words }));
    expect({ readiness, earlyUses }).toEqual({ readiness: before.readiness, earlyUses: before.earlyUses });
    expect(gaps).toHaveLength(1);
  });

  it(
    "at 50 moments of a boot leaves a whole state file each time, and in the end the record of one that lived",
    { timeout: 120_000 },
    async () => {
      const root = temporaryFolder();
      cpSync(hostOfStory("early-uses-4.19"), root, { recursive: true });
      const words = ["--root", root];
      const kmsg = join(root, "dev/kmsg");
      const records = readFileSync(kmsg, "utf8").split(/(?<=\n)(?! )/);
      const twin = story(await recordOf(await startDaemon({ words })));

      const folder = temporaryFolder();
      const random = randomNumbers(20180516);
      for (let moment = 1; moment <= 50; moment++) {
        writeFileSync(kmsg, records.slice(0, Math.ceil((records.length * moment) / 50)).join(""));
        // Over its start-up, which takes some hundred milliseconds; one in ten has come to answer.
        const daemon = moment % 10 === 0 ? await startDaemon({ folder, words }) : spawnDaemon({ folder, words });
        await pause(400 * random());
        await killDaemon(daemon);
        expect(brokenState(folder)).toBeNull();
      }
      expect(existsSync(join(folder, "record.json"))).toBe(true);
      const survivor = await startDaemon({ folder, words });
      expect(brokenState(folder)).toBeNull();
      expect(story(await recordOf(survivor))).toEqual(twin);
    },
  );
});

/** Numbers from 0 to 1 that are the same in each run (a linear congruential generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("a daemon that finds a state file that is not its own", () => {
  const saved = (boots: unknown, more: object = {}): string =>
    JSON.stringify({ schema: bootsSchema, savedBy: version, shape: recordDigest, boots, ...more });
  const ghost: BootRecord = {
    ...emptyRecord(),
    bootId: "00000000-0000-4000-8000-000000000000",
    earlyUses: [
      { kind: "urandom-read", name: "ghost", bytes: 16, bits: null, at: 1, line: null, noted: null, seq: 900_000 },
    ],
  };

  const ghostHere = (): BootRecord => ({ ...ghost, bootId: thisBootId() });

  const lost = ", continuing without it: waits and kernel messages that only it had are lost\n";
  const damaged = `The saved record is damaged${lost}`;
  const written = (by: string) => `The saved record was written by ${by}${lost}`;

  it.each<[what: string, text: string, warning: string | null]>([
    ["empty", "", damaged],
    ["cut short", '{"schema":"crngwatch.boots/1","boots":[{"fi', damaged],
    ["null", "null", damaged],
    ["a list", "[]", damaged],
    ["bytes", "\u0000\u0001\ufffd", damaged],
    [
      "of another schema",
      saved([ghostHere()], { schema: "crngwatch.boots/2" }),
      written(`another build of crngwatch ${version}`),
    ],
    ["of another version", saved([ghostHere()], { savedBy: "0.0.0" }), written("another version of crngwatch (0.0.0)")],
    [
      "of another shape",
      saved([ghostHere()], { shape: "0123456789abcdef" }),
      written(`another build of crngwatch ${version}`),
    ],
    ["without a boot", saved([]), damaged],
    ["with a boot that is null", saved([null]), damaged],
    ["with a boot that is text", saved(["ghost"]), damaged],
    ["with a boot that lacks everything", saved([{}]), damaged],
    ["with a boot of wrong types", saved([{ ...ghostHere(), readiness: 3, earlyUses: "ghost" }]), damaged],
    [
      "with entries of wrong types",
      saved([{ ...ghostHere(), waits: [null, "ghost"], earlyUses: [{ name: "ghost" }] }]),
      "and 5 more, continuing without these values\n",
    ],
    ["of another boot", saved([ghost]), null],
  ])("observes anew, and says what is lost: %s", async (_what, text, warning) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "record.json"), text);
    const daemon = await startDaemon({ folder });
    const record = await recordOf(daemon);
    expect(JSON.stringify(record)).not.toContain("ghost");
    expect(record.kernel.release).not.toBeNull();
    expect(brokenState(folder)).toBeNull();
    expect(daemon.output().match(/The saved record [^]*?\n/g)?.length ?? 0).toBe(warning === null ? 0 : 1);
    expect(daemon.output()).toContain(warning ?? "");
  });

  it("goes on without one where something else is in its place, and says so", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "record.json/inside"), { recursive: true });
    const daemon = await startDaemon({ folder });
    expect((await recordOf(daemon)).kernel.release).not.toBeNull();
    expect(daemon.output()).toMatch(/Cannot save the record: is a directory \(EISDIR\), continuing/);
  });
});
