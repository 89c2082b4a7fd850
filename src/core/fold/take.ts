import { type BootRecord, bounds } from "../boot-record.ts";
import type { CallerProbe, Evidence, PoolSample } from "../evidence.ts";
import type { LogCoverage, LoggedMessage } from "../log-evidence.ts";
import type { LogStretch, Observed, PoolFacts, PoolPoint } from "../observed.ts";
import { fullerCredits } from "../entropy-credits.ts";
import { byPosition, compare, insert } from "../ordered-list.ts";
import { withWait } from "../same-wait.ts";

/** The record with one more fact in it. Nothing is concluded here; taking a fact twice changes nothing. */
export function take(record: BootRecord, evidence: Evidence): BootRecord {
  switch (evidence.kind) {
    case "kernel":
      return {
        ...record,
        bootId: evidence.bootId ?? record.bootId,
        // What the running kernel says of itself goes before what its log says.
        kernel: {
          release: evidence.release ?? record.kernel.release,
          version: evidence.version ?? record.kernel.version,
          buildId: evidence.buildId ?? record.kernel.buildId,
          commandLine: evidence.commandLine ?? record.kernel.commandLine,
        },
      };
    case "message":
      return takeMessage(record, evidence);
    case "log-coverage": {
      const log = mergeStretch(record.observed.log, evidence);
      return drop(observe(record, { log: log.slice(0, bounds.log) }), "log", Math.max(0, log.length - bounds.log));
    }
    case "log-extent": {
      const { kind: _, file, ...covers } = evidence;
      return { ...record, file, covers };
    }
    case "log-loss": {
      const { kind: _, ...loss } = evidence;
      const { list, dropped } = insert(
        record.observed.losses,
        loss,
        (a, b) =>
          Number(a.source === "trace") - Number(b.source === "trace") ||
          compare(a.line, b.line) ||
          compare(a.to, b.to) ||
          compare(a.lost, b.lost),
        bounds.losses,
      );
      return drop(observe(record, { losses: list }), "losses", dropped);
    }
    case "log-signs": {
      const { signs, reportedWaits, course } = evidence;
      const kept = signs.slice(0, bounds.signs);
      const dropped = { ...record.dropped, signs: evidence.dropped + signs.length - kept.length };
      return { ...record, signs: kept, reportedWaits, course, dropped };
    }
    case "wait": {
      const { list, dropped } = withWait(record.waits, evidence.wait);
      return drop({ ...record, waits: list }, "waits", dropped);
    }
    case "call": {
      const { list, dropped } = insert(
        record.observed.calls,
        evidence.call,
        (a, b) => compare(a.from, b.from) || compare(a.tid, b.tid) || compare(a.line, b.line),
        bounds.calls,
      );
      return drop(observe(record, { calls: list }), "calls", dropped);
    }
    case "credits":
      return observe(record, { credits: fullerCredits(record.observed.credits, evidence.credits) });
    case "recorder": {
      const { kind: _, ...recorder } = evidence;
      return { ...record, recorder };
    }
    case "suspects": {
      const dropped = Math.max(0, evidence.suspects.length - bounds.suspects);
      return {
        ...record,
        suspects: evidence.suspects.slice(0, bounds.suspects),
        dropped: { ...record.dropped, suspects: dropped },
      };
    }
    case "probe":
      return observe(record, { probe: takeProbe(record, evidence) });
    case "pool":
      return takePool(record, evidence);
    case "fips": {
      const { kind: _, ...fips } = evidence;
      return observe(record, { fips });
    }
    case "supply": {
      const { kind: _, ...parts } = evidence;
      return { ...record, supply: { ...record.supply, ...parts } };
    }
    case "unit-times": {
      const { kind: _, ...units } = evidence;
      return { ...record, units };
    }
    case "host": {
      const { kind: _, ...host } = evidence;
      return { ...record, host };
    }
    case "generators": {
      const { kind: _, processes, unreadable } = evidence;
      const kept = processes.slice(0, bounds.generators);
      return {
        ...record,
        generators: { processes: kept, unreadable },
        dropped: { ...record.dropped, generators: processes.length - kept.length },
      };
    }
    case "platform": {
      const { kind: _, ...platform } = evidence;
      return { ...record, platform };
    }
    case "own-start": {
      const { kind: _, ...self } = evidence;
      return { ...record, self: { ...self, capabilities: null } };
    }
    case "own-capabilities": {
      const { kind: _, left, problem } = evidence;
      const { self } = record;
      return self === null ? record : { ...record, self: { ...self, capabilities: { left, problem } } };
    }
    case "waits-watched":
      return observe(record, { waitsWatched: true });
    case "source": {
      const { name, health, detail } = evidence;
      const others = record.sources.filter((source) => source.name !== name);
      return {
        ...record,
        sources: [...others, { name, health, detail }].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      };
    }
  }
}

function takeMessage(record: BootRecord, { at, noted = null, line, seq, message }: LoggedMessage): BootRecord {
  const logged = { at, noted, line, seq };
  const { observed } = record;
  switch (message.kind) {
    case "ready": {
      const item = { ...logged, pool: message.pool, trusting: message.trusting };
      const { list, dropped } = insert(observed.readyLines, item, byPosition, bounds.readyLines);
      return drop(observe(record, { readyLines: list }), "readyLines", dropped);
    }
    case "early-init": {
      const { list, dropped } = insert(observed.earlyInits, logged, byPosition, bounds.earlyInits);
      return drop(observe(record, { earlyInits: list }), "earlyInits", dropped);
    }
    case "early-use": {
      const item = { ...logged, kind: message.use, name: message.name, bytes: message.bytes, bits: message.bits };
      const { list, dropped } = insert(record.earlyUses, item, byPosition, bounds.earlyUses);
      return drop({ ...record, earlyUses: list }, "earlyUses", dropped);
    }
    case "missed-warnings": {
      const { list, dropped } = insert(observed.missed, { ...logged, count: message.count }, byPosition, bounds.missed);
      return drop(observe(record, { missed: list }), "missed", dropped);
    }
    case "reseed": {
      const { list, dropped } = insert(
        record.reseeds,
        { ...logged, reason: message.reason },
        byPosition,
        bounds.reseeds,
      );
      return drop({ ...record, reseeds: list }, "reseeds", dropped);
    }
    case "fips-mode":
      return observe(record, { loggedFips: observed.loggedFips === true || message.enabled });
    case "machine":
      return observe(record, {
        machine: {
          hardware: earlierText(observed.machine.hardware, message.hardware),
          hypervisor: earlierText(observed.machine.hypervisor, message.hypervisor),
          deviceTree: observed.machine.deviceTree || message.deviceTree,
          architecture: earlierText(observed.machine.architecture, message.architecture),
        },
      });
    case "kernel-version": {
      const { release, version } = record.kernel;
      return {
        ...record,
        kernel: { ...record.kernel, release: release ?? message.release, version: version ?? message.version },
      };
    }
    case "command-line": {
      const kernel = { ...record.kernel, commandLine: record.kernel.commandLine ?? message.text };
      const fipsAsked = observed.fipsAsked || message.fips;
      // The early echo is printed before a boot loader's seed is credited, and does not show that order.
      if (message.early) return observe({ ...record, kernel }, { fipsAsked });
      const known = observed.commandLineEcho;
      const commandLineEcho = known !== null && byPosition(known, logged) > 0 ? known : logged;
      return observe({ ...record, kernel }, { commandLineEcho, fipsAsked });
    }
    case "fips-generator":
    case "bootloader-seed":
    case "cpu-rng-problem":
    case "no-cycle-counter": {
      const item = { ...logged, note: message.kind, text: message.kind === "cpu-rng-problem" ? message.text : null };
      const { list, dropped } = insert(observed.notes, item, byPosition, bounds.notes);
      return drop(observe(record, { notes: list }), "notes", dropped);
    }
  }
}

/** The same one of two names, in whatever order they come. */
function earlierText<T extends string>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function takeProbe({ observed: { probe } }: BootRecord, { at, answer }: CallerProbe): Observed["probe"] {
  switch (answer) {
    case "would-wait":
      return {
        ...probe,
        lastWouldWait: probe.lastWouldWait === null || at > probe.lastWouldWait ? at : probe.lastWouldWait,
      };
    case "returned":
      return {
        ...probe,
        firstReturned: probe.firstReturned === null || at < probe.firstReturned ? at : probe.firstReturned,
      };
    case "unsupported":
      return { ...probe, unsupported: true };
  }
}

function takePool(record: BootRecord, { at, availableBits, poolBits, readWakeupBits }: PoolSample): BootRecord {
  const point = { at, bits: availableBits };
  const known = record.observed.pool;
  const { list: curve, dropped } = insert(known?.curve ?? [], point, (a, b) => compare(a.at, b.at), bounds.curve);
  const isRewrite = poolBits === 256;
  const pool: PoolFacts = {
    poolBits,
    readWakeupBits,
    latest: latest(known?.latest ?? null, point),
    lastBelow: isRewrite && availableBits < 256 ? latest(known?.lastBelow ?? null, point) : (known?.lastBelow ?? null),
    firstEarly:
      isRewrite && availableBits >= 128 ? earliest(known?.firstEarly ?? null, point) : (known?.firstEarly ?? null),
    firstFull:
      isRewrite && availableBits >= 256 ? earliest(known?.firstFull ?? null, point) : (known?.firstFull ?? null),
    curve,
  };
  return drop(observe(record, { pool }), "curve", dropped);
}

function latest(a: PoolPoint | null, b: PoolPoint): PoolPoint {
  return a !== null && a.at >= b.at ? a : b;
}

function earliest(a: PoolPoint | null, b: PoolPoint): PoolPoint {
  return a !== null && a.at <= b.at ? a : b;
}

/** Joins a stretch with those that it touches or overlaps. */
function mergeStretch(log: readonly LogStretch[], { kind: _, ...stretch }: LogCoverage): readonly LogStretch[] {
  let joined: LogStretch = stretch;
  const apart: LogStretch[] = [];
  for (const other of log) {
    if (other.lastSeq + 1 < joined.firstSeq || joined.lastSeq + 1 < other.firstSeq) {
      apart.push(other);
      continue;
    }
    const first = other.firstSeq <= joined.firstSeq ? other : joined;
    const last = other.lastSeq >= joined.lastSeq ? other : joined;
    joined = {
      firstSeq: first.firstSeq,
      firstAt: first.firstAt,
      lastSeq: last.lastSeq,
      lastAt: last.lastAt,
      readAt: joined.lastSeq === other.lastSeq ? Math.max(other.readAt, joined.readAt) : last.readAt,
    };
  }
  return [...apart, joined].toSorted((a, b) => a.firstSeq - b.firstSeq);
}

function observe(record: BootRecord, facts: Partial<Observed>): BootRecord {
  return { ...record, observed: { ...record.observed, ...facts } };
}

function drop(record: BootRecord, list: keyof BootRecord["dropped"], count: number): BootRecord {
  return count === 0 ? record : { ...record, dropped: { ...record.dropped, [list]: record.dropped[list] + count } };
}
