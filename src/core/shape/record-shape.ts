import {
  type Anomaly,
  type BootRecord,
  bounds,
  type BoundedList,
  type Callers,
  type Cost,
  type EarlyUse,
  type Gap,
  type KernelNames,
  type Readiness,
  type Reseed,
  type Self,
  type SourceReport,
} from "../boot-record.ts";
import type { Suspect } from "../evidence.ts";
import type { ForgedLines, WallClock } from "../log-evidence.ts";
import type { WallSpan } from "../base/wall-time.ts";
import { generatorsShape, hostShape, platformShape, supplyShape } from "./host-shape.ts";
import { courseShape, creditWords, earlyUseKind, loggedShape, notedShape, observedShape } from "./log-shape.ts";
import { placed, reportedWaitShape, signShape } from "./log-shape.ts";
import { flag, list, number, object, optional, type Shape, text, whole, word } from "./shape.ts";
import { correctedBootShape, unitTimesShape } from "./units-shape.ts";
import { findingsShape, verdictShape } from "./verdict-shape.ts";
import { waitShape } from "./wait-shape.ts";

/** More than any boot has of what is not in `bounds`: it is derived from tables of this program's. */
const most = { derived: 1024 };

const wallSpan = object<WallSpan>("WallSpan", { notBefore: optional(text), notAfter: text });

const readiness = object<Readiness>("Readiness", {
  level: word({ unknown: true, unseeded: true, early: true, ready: true }),
  settled: flag,
  readyAt: optional(number),
  notBefore: optional(number),
  notAfter: optional(number),
  exact: flag,
  evidence: optional(word({ "kernel-log": true, probe: true, recorder: true })),
  line: optional(whole),
  forgeable: flag,
  noted: notedShape,
  byWallClock: optional(
    object<NonNullable<Readiness["byWallClock"]>>("WallInterval", {
      since: word({ "first-line": true, "writer-start": true }),
      notBefore: optional(number),
      notAfter: number,
    }),
  ),
  wall: optional(wallSpan),
  cause: word({ ...creditWords, unknown: true }),
  basis: object<Readiness["basis"]>("Basis", {
    notBefore: optional(text),
    notAfter: optional(text),
    cause: optional(text),
  }),
});

const dropped = object<Readonly<Record<BoundedList, number>>>(
  "Dropped",
  Object.fromEntries(Object.keys(bounds).map((name) => [name, whole])) as Record<BoundedList, Shape<number>>,
);

/** The shape of a boot record, of the schema crngwatch.boots/1: the one description of it beside its type. */
export const recordShape = object<BootRecord>("BootRecord", {
  file: optional(text),
  bootId: optional(text),
  kernel: object<KernelNames>("Kernel", {
    release: optional(text),
    version: optional(text),
    buildId: optional(text),
    commandLine: optional(text),
  }),
  verdict: verdictShape,
  readiness,
  callers: object<Callers>("Callers", {
    wouldWait: optional(flag),
    reason: optional(word({ extrng: true, "early-is-enough": true, "old-blocking-pool": true })),
    getrandom: optional(flag),
    devRandom: optional(flag),
  }),
  earlyInit: optional(loggedShape),
  earlyUses: list(
    object<EarlyUse>("EarlyUse", {
      ...placed,
      kind: earlyUseKind,
      name: text,
      bytes: optional(whole),
      bits: optional(whole),
    }),
    bounds.earlyUses,
  ),
  missedWarnings: whole,
  waits: list(waitShape, bounds.waits),
  cost: object<Cost>("Cost", { seconds: number, firstProcessSeconds: number, tasks: whole, complete: flag }),
  reportedWaits: list(reportedWaitShape, most.derived),
  signs: list(signShape, most.derived),
  course: optional(courseShape),
  units: optional(unitTimesShape),
  correctedBoot: optional(correctedBootShape),
  suspects: list(
    object<Suspect>("Suspect", { unit: optional(text), exe: text, libraries: list(text, most.derived), why: text }),
    bounds.suspects,
  ),
  recorder: optional(
    object<NonNullable<BootRecord["recorder"]>>("Recorder", {
      armed: flag,
      sees: word({ waits: true, calls: true }),
      seesFipsGenerator: flag,
      recording: optional(flag),
      events: whole,
      problem: optional(text),
    }),
  ),
  reseeds: list(
    object<Reseed>("Reseed", { ...placed, reason: word({ "vm-fork": true, resume: true }) }),
    bounds.reseeds,
  ),
  fips: optional(flag),
  gaps: list(
    object<Gap>("Gap", {
      source: word({ log: true, trace: true }),
      from: optional(number),
      to: optional(number),
      lost: optional(whole),
    }),
    most.derived,
  ),
  covers: optional(
    object<NonNullable<BootRecord["covers"]>>("Covers", {
      firstLine: optional(whole),
      lastLine: optional(whole),
      firstAt: optional(number),
      lastAt: optional(number),
      fromStart: flag,
      stamps: word({ printk: true, journal: true, wall: true, none: true }),
      marksRecords: flag,
      wall: optional(
        object<WallClock>("WallClock", {
          resolution: number,
          sinceWriter: flag,
          shows: optional(word({ date: true, "no-year": true, "time-of-day": true })),
          zone: optional(text),
          adjusted: optional(word({ back: true, ahead: true })),
          first: optional(text),
          began: optional(wallSpan),
        }),
      ),
      forged: optional(object<ForgedLines>("ForgedLines", { count: whole, line: optional(whole), text })),
    }),
  ),
  sources: list(
    object<SourceReport>("Source", {
      name: text,
      health: word({ ok: true, absent: true, denied: true, failed: true }),
      detail: optional(text),
    }),
    most.derived,
  ),
  findings: findingsShape,
  anomalies: list(
    object<Anomaly>("Anomaly", {
      id: word({
        "unready-after-ready": true,
        "ready-before-its-line": true,
        "ready-lines-differ": true,
        "fips-sources-differ": true,
      }),
      detail: text,
    }),
    bounds.anomalies,
  ),
  supply: supplyShape,
  host: optional(hostShape),
  platform: optional(platformShape),
  generators: optional(generatorsShape),
  self: optional(
    object<Self>("Self", {
      pid: whole,
      nonblocking: flag,
      startedAt: optional(number),
      runningAt: number,
      capabilities: optional(
        object<NonNullable<Self["capabilities"]>>("Capabilities", {
          left: list(text, most.derived),
          problem: optional(text),
        }),
      ),
    }),
  ),
  observed: observedShape,
  dropped,
});
