import type { NotedAt, RecorderState } from "../../core/evidence.ts";
import { isKernelsOwn, type ReseedReason } from "../../core/kernel-message.ts";
import type { Wait } from "../../core/wait.ts";
import type { BootRecord, Diagnosed, EarlyUse, Finding, Supply, Cost, Gap } from "../../core/boot-record.ts";
import type { Logged } from "../../core/observed.ts";
import { stackWords } from "../../core/caller-words.ts";
import { isOpen } from "../../core/same-wait.ts";
import { escapeText } from "../escape.ts";
import { pointerLines, reasonLines } from "./verdict-text.ts";
import { seconds, firstLines, wallSeconds } from "../verdict.ts";
import { remedyPriceText, remedyText } from "../remedy-words.ts";
import { correctedBootLines } from "./corrected-boot-text.ts";
import { openWaitText, waitText } from "../wait-text.ts";

/** One boot's story for a terminal, 100 columns or what the longest name needs. */
export function reportText(record: Diagnosed): string {
  const parts = [
    heading(record),
    section("Because", reasonLines(record)),
    section("Look at", pointerLines(record)),
    section("What to do", remedyLines(record)),
    section("Readiness", readinessLines(record)),
    section("Waits", waitLines(record)),
    section("What the waits delayed", record.correctedBoot === null ? [] : correctedBootLines(record.correctedBoot)),
    section("Early uses", earlyUseLines(record)),
    section(
      "Reseeds",
      record.reseeds.map((reseed) => `${momentOf(reseed)}  ${reseedWords[reseed.reason]}`),
    ),
    section("Processes with a generator of their own", generatorLines(record)),
    section("Entropy supply", supplyLines(record.supply, record)),
    section("Would wait, were the CRNG late", suspectLines(record)),
    section(
      "Contradictions",
      record.anomalies.map(({ detail }) => escapeText(detail)),
    ),
    section(
      "Gaps",
      record.gaps.map((gap) => gapWords[gap.source](gap)),
    ),
    section("Findings", record.findings.flatMap(findingLines)),
    section("Sources", sourceLines(record)),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

const reseedWords: Readonly<Record<ReseedReason, string>> = {
  "vm-fork": "virtual machine cloned or restored",
  resume: "resume from suspend",
};

const gapWords: Readonly<Record<Gap["source"], (gap: Gap) => string>> = {
  trace: ({ lost }) => `${lost === null ? "events" : `${lost} events`} of the recorder's trace lost`,
  log: ({ from, to, lost }) =>
    `${lost === null ? "records" : `${lost} records`} of the kernel log lost${spanWords(from, to)}`,
};

/** What an armed recorder without an event says. */
const nobodyWaitedWords: Readonly<Record<RecorderState["sees"], string>> = {
  waits: "none: the flight recorder saw nobody wait in this boot",
  calls: "none in getrandom(): the flight recorder of this kernel sees no other",
};

/** Between which moments, as far as they are known. */
function spanWords(from: number | null, to: number | null): string {
  if (from !== null && to !== null) return ` between ${seconds(from)} and ${seconds(to)}`;
  if (from !== null) return ` after ${seconds(from)}`;
  return to === null ? ", at an unknown time" : ` before ${seconds(to)}`;
}

function heading(record: BootRecord): string {
  const { kernel, bootId, host } = record;
  const names = [kernel.release === null ? null : `Linux ${kernel.release}`, bootId === null ? null : `boot ${bootId}`];
  const machine = [host?.distribution, host?.hardware, host?.processor].filter((part) => typeof part === "string");
  const named = [names.filter((part) => part !== null).join(", "), machine.join(", ")].filter((line) => line !== "");
  return [...firstLines(record), ...named.map(escapeText)].join("\n");
}

function section(title: string, lines: readonly string[]): string | null {
  return lines.length === 0 ? null : [title, ...lines.map((line) => `  ${line}`)].join("\n");
}

function readinessLines(record: BootRecord): readonly string[] {
  const { readiness, callers, fips, kernel, self, covers } = record;
  const { basis, notBefore, notAfter, exact, line, noted } = readiness;
  const rows: [string, string][] = [
    [
      "level",
      readiness.settled || readiness.level === "unknown"
        ? readiness.level
        : `${readiness.level}, or more: this kernel does not tell`,
    ],
  ];
  if (notBefore !== null && !exact && (notBefore > 0 || notAfter !== null))
    rows.push(["not before", `${seconds(notBefore)}  ${escapeText(basis.notBefore ?? "the start of the boot")}`]);
  if (notAfter !== null)
    rows.push([exact ? "ready at" : "not after", `${seconds(notAfter)}  ${escapeText(basis.notAfter ?? "")}`]);
  if (notAfter === null && noted?.clock === "wall")
    rows.push([
      "wall clock",
      `${wallSeconds(noted.seconds)} after this boot's first line here; the log has no stamps of the kernel's`,
    ]);
  if (line !== null) rows.push(["line", String(line)]);
  if (covers !== null) rows.push(["log shows", coverWords(covers)]);
  rows.push(["cause", [readiness.cause, escapeText(basis.cause ?? "")].filter((part) => part !== "").join("  ")]);
  if (covers === null) rows.push(["callers", callersWords(callers)]);
  rows.push(["cost", record.waits.length === 0 ? noWaitsWords(record) : costWords(record.cost)]);
  rows.push(["FIPS mode", fips === null ? "unknown" : fips ? "on" : "off"]);
  if (kernel.buildId !== null) rows.push(["build ID", escapeText(kernel.buildId)]);
  if (self !== null) rows.push(["crngwatch", ownStartWords(self, notAfter)]);
  return columns(rows);
}

/** Why no wait is listed: no task waited, or nothing recorded it. */
function noWaitsWords(record: BootRecord): string {
  const { covers, recorder, observed, callers } = record;
  if (covers !== null)
    return "none in this log; only a recorder's trace, a hung task's report or sysrq-t would show one";
  if (recorder?.armed === true && recorder.problem !== null)
    return `unknown: the flight recorder of this boot is not whole (${escapeText(recorder.problem)})`;
  if (callers.reason === "extrng" && recorder?.seesFipsGenerator !== true)
    return recorder?.armed === true && recorder.recording === true
      ? "none for the CRNG; who waited for the kernel's FIPS generator was not recorded"
      : "not recorded: only the flight recorder sees who waited for the kernel's FIPS generator before crngwatch ran";
  if (recorder?.armed === true && recorder.recording === true) return nobodyWaitedWords[recorder.sees];
  if (observed.probe.lastWouldWait !== null)
    return "none seen since crngwatch runs; who waited before was not recorded";
  return "not recorded: only the flight recorder sees who waited before crngwatch ran";
}

function costWords({ seconds: lasted, firstProcessSeconds, tasks, complete }: Cost): string {
  if (tasks === 0) return "nobody was held up: who waited only polled";
  const who = tasks === 1 ? "one task" : `${tasks} tasks`;
  if (lasted === 0) return `unknown: ${who} waited, for how long is not recorded`;
  const least = complete ? "" : "at least ";
  const first =
    firstProcessSeconds === 0
      ? ""
      : `, ${firstProcessSeconds === lasted ? "all of it" : `${firstProcessSeconds.toFixed(3)} s`} by PID 1: nothing was started meanwhile`;
  return `${least}${lasted.toFixed(3)} s in which ${who} waited${first}`;
}

function coverWords({ fromStart, firstAt, lastAt, stamps }: NonNullable<BootRecord["covers"]>): string {
  const start = fromStart ? "from the kernel's first line" : "not the boot's start";
  if (stamps === "wall") return `${start}; its stamps are a wall clock's`;
  if (firstAt === null || lastAt === null) return `${start}; its lines have no stamps`;
  return `${start}, ${seconds(firstAt)} to ${seconds(lastAt)}${stamps === "journal" ? ", by the journal's clock" : ""}`;
}

const waitSeenBy: Readonly<Record<Wait["evidence"], string>> = {
  recorder: "recorded in the kernel",
  live: "by its stack, live",
  "hung-task": "in the report of a hung task",
  "task-state": "in a dump of all tasks",
  stack: "by its stack",
};

function waitLines({ waits, dropped, covers }: BootRecord): readonly string[] {
  const lines = waits.map((wait) => {
    // Where it is observed live; a log tells of its own time.
    const goesOn = covers === null && isOpen(wait);
    const details = [
      goesOn ? openWaitText(wait, wait.seconds ?? 0) : waitText(wait),
      beganWords(wait),
      ...[wait.exe, wait.unit].map((name) => (name === null ? null : escapeText(name))),
    ];
    const line = `${details.filter((words) => words !== null).join(", ")} (${waitSeenBy[wait.evidence]})`;
    const stack = wait.caller === null || wait.caller.stack.length === 0 ? "" : stackWords(wait.caller.stack);
    return stack === "" ? line : `${line}\n    ${escapeText(stack)}`;
  });
  return firstOf(lines, dropped.waits);
}

function beganWords({ from, to, errorSeconds }: Wait): string | null {
  if (from === null) return null;
  const isKnown = errorSeconds !== null || to !== null;
  return `began ${isKnown ? "at" : "at the latest at"} ${seconds(from)}${errorSeconds === null || errorSeconds === 0 ? "" : ` ± ${errorSeconds.toFixed(3)} s`}`;
}

function ownStartWords(
  { nonblocking, startedAt, runningAt }: NonNullable<BootRecord["self"]>,
  readyBy: number | null,
): string {
  if (nonblocking) return "started without asking the CRNG to be ready";
  if (startedAt === null) return "started without its start object, and may have waited";
  if (readyBy !== null && readyBy <= startedAt)
    return "started without its start object, when the CRNG was ready already";
  return `started without its start object in ${Math.max(0, runningAt - startedAt).toFixed(2)} s, all of which it may have waited`;
}

function callersWords({ getrandom, devRandom, reason }: BootRecord["callers"]): string {
  const words = (wait: boolean | null): string => (wait === null ? "unknown" : wait ? "would wait" : "would not wait");
  const same =
    getrandom === devRandom ? words(getrandom) : `getrandom() ${words(getrandom)}, /dev/random ${words(devRandom)}`;
  return reason === null ? same : `${same} (${reason})`;
}

/** Enough for a person; all of them are in the JSON. */
const namesShown = 20;

function firstOf(lines: readonly string[], dropped: number): readonly string[] {
  const shown = lines.slice(0, namesShown);
  const more = lines.length - shown.length + dropped;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

/** Processes with a generator of their own, after a clone or restore; whether each is older is the finding's. */
function generatorLines({ generators, dropped }: BootRecord): readonly string[] {
  if (generators === null) return [];
  const lines = generators.processes.map(({ comm, pid, unit, startedAt, generators: theirs }) =>
    escapeText(
      `${comm}[${pid}]${unit === null ? "" : ` of ${unit}`}: ${theirs.join(", ")}, started at ${startedAt.toFixed(2)} s`,
    ),
  );
  return firstOf(lines, dropped.generators);
}

function earlyUseLines({ earlyUses, missedWarnings, dropped }: BootRecord): readonly string[] {
  const lines = firstOf(earlyUses.map(earlyUseLine), dropped.earlyUses);
  return missedWarnings > 0 ? [...lines, `and ${missedWarnings} that the kernel did not print`] : lines;
}

function suspectLines({ suspects, dropped }: BootRecord): readonly string[] {
  const lines = suspects.map(({ unit, exe, why }) => escapeText(`${exe}${unit === null ? "" : ` of ${unit}`}: ${why}`));
  return firstOf(lines, dropped.suspects);
}

const notedWords: Readonly<Record<NotedAt["clock"], (at: number) => string>> = {
  wall: (at) => `+${wallSeconds(at)}`,
  monotonic: (at) => `<${seconds(at)}`,
  typed: (at) => `~${wallSeconds(at)}`,
};

/** When the log says that it was: its own time, or how much later than the first line by the wall clock, marked "+". */
function momentOf({ at, noted }: Logged): string {
  if (at !== null) return seconds(at);
  if (noted === null) return "?";
  return notedWords[noted.clock](noted.seconds);
}

function earlyUseLine(use: EarlyUse): string {
  const { kind, name, bytes, bits } = use;
  const moment = momentOf(use).padStart(12);
  if (isKernelsOwn[kind]) return `${moment}  kernel: ${escapeText(name)}`;
  const details = [bytes === null ? null : `${bytes} bytes`, bits === null ? null : `${bits} bits of entropy`].filter(
    (part) => part !== null,
  );
  return `${moment}  ${escapeText(name)} read /dev/urandom${details.length === 0 ? "" : ` (${details.join(", ")})`}`;
}

function supplyLines(
  { cpu, hwRandom, bootloader, seedFile, virtualization }: Supply,
  { observed }: BootRecord,
): readonly string[] {
  const rows: [string, string][] = [];
  const trust = (trusted: boolean | null, why: string): string =>
    `${trusted === null ? "trust unknown" : trusted ? "trusted" : "not trusted"}: ${escapeText(why)}`;
  if (cpu !== null) {
    const instructions = [cpu.rdrand ? "RDRAND" : null, cpu.rdseed ? "RDSEED" : null, cpu.other].filter(
      (name) => name !== null,
    );
    rows.push([
      "CPU",
      instructions.length === 0
        ? "no random number instructions"
        : `${escapeText(instructions.join(", "))}, ${trust(cpu.trusted, cpu.why)}`,
    ]);
  }
  if (hwRandom !== null) {
    const quality = hwRandom.quality === null ? "" : `, quality ${hwRandom.quality} of 1024`;
    rows.push(["hw_random", hwRandom.current === null ? "none" : `${escapeText(hwRandom.current)}${quality}`]);
  }
  if (bootloader !== null) {
    rows.push([
      "boot loader",
      bootloader.via === null
        ? "no seed seen"
        : `${escapeText(bootloader.via)}, ${trust(bootloader.trusted, bootloader.why)}`,
    ]);
  }
  if (seedFile !== null) {
    const file =
      seedFile.present === null
        ? "not visible"
        : seedFile.present
          ? `${seedFile.bytes ?? "?"} bytes, ${seedFile.credited === true ? "credited" : "mixed in, not credited"}`
          : "none";
    rows.push(["seed file", file]);
  }
  if (virtualization !== null) {
    const { vm, container } = virtualization;
    rows.push([
      "machine",
      `${vm === null ? "unknown" : vm === "none" ? "no hypervisor" : escapeText(vm)}${container === null ? "" : `, in a container (${escapeText(container)}): the log and the CRNG are the host's`}`,
    ]);
  }
  if (observed.pool !== null)
    rows.push([
      "pool",
      `${observed.pool.latest.bits} of ${observed.pool.poolBits} bits at ${seconds(observed.pool.latest.at)}`,
    ]);
  return columns(rows);
}

/** Each once: the verdict's, then those of the findings, the gravest first. */
function remedyLines({ verdict, findings }: BootRecord): readonly string[] {
  const all = [...verdict.remedies, ...findings.flatMap(({ remedies }) => remedies)];
  const distinct = all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
  return distinct.flatMap((remedy) => [
    remedyText(remedy),
    ...(remedy.command === null ? [] : [`    ${escapeText(remedy.command)}`]),
    ...[remedyPriceText(remedy)].filter((price) => price !== "").map((price) => `    (${escapeText(price)})`),
  ]);
}

function findingLines({ severity, summary, detail }: Finding): readonly string[] {
  return [`${severity}: ${escapeText(summary)}`, `    ${escapeText(detail)}`];
}

function sourceLines({ sources }: BootRecord): readonly string[] {
  return columns(
    sources.map(({ name, health, detail }) => [
      escapeText(name),
      detail === null ? health : `${health}: ${escapeText(detail)}`,
    ]),
  );
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
