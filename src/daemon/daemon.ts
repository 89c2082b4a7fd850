import { type BootRecord, emptyRecord } from "../core/boot-record.ts";
import { type Effect, fold } from "../core/readiness.ts";
import { diagnose } from "../diagnose/findings.ts";
import { bootInterface } from "../exporters/boot-interface.ts";
import type { Log } from "../exporters/log-lines.ts";
import { type Notifier, statusAssignment } from "../exporters/notify.ts";
import type { Listen } from "../exporters/varlink/listen.ts";
import { serveVarlink } from "../exporters/varlink/server.ts";
import { createService, type ServiceInfo } from "../exporters/varlink/service.ts";
import { aborted } from "../platform/aborted.ts";
import { effectText } from "../render/effect-text.ts";
import { statusText } from "../render/status-text.ts";
import { verdict } from "../render/verdict.ts";
import type { Host } from "../sources/source.ts";
import { kernelIdentity } from "../sources/kernel-identity.ts";
import { ask } from "./ask.ts";
import { follow, type Taker } from "./follow.ts";
import type { StateFile } from "./state-file.ts";

export interface DaemonOptions {
  readonly host: Host;
  readonly listen: Listen;
  readonly state: StateFile;
  readonly log: Log;
  readonly notify: Notifier;
  readonly info: ServiceInfo;
}

/** systemd may be too busy to take READY=1 at once; it is told again, this often at most. */
const readyTries = 600;
const readyRetryMilliseconds = 100;

/** Runs until `stop` is aborted: observes, folds, tells. Rejects where the socket cannot be had. */
export async function runDaemon({ host, listen, state, log, notify, info }: DaemonOptions, stop: AbortSignal): Promise<void> {
  let record = restored(state, await bootIdOf(host), log);
  const subscribers = new Set<(text: string) => void>();
  let saveFailed = false;

  const take: Taker = (evidence) => {
    const before = record;
    const folded = fold(before, evidence);
    record = folded.record;
    for (const effect of folded.effects) announce(effect);
    record = diagnose(record);
    if (folded.effects.length > 0) {
      notify.send([statusAssignment(verdict(record))]);
      save();
    }
    return record;
  };

  function announce(effect: Effect): void {
    const text = effectText(effect, record);
    if (text === null) return;
    log[levelOf(effect)](text);
    for (const tell of subscribers) tell(text);
  }

  function save(): void {
    const saved = state.save(record);
    if (saved.is !== "ok" && !saveFailed) log.warn(`Cannot save the record (${saved.is}), continuing without: after a restart only what the kernel log still holds can be told`);
    saveFailed = saved.is !== "ok";
  }

  const following = await follow(host, take);
  for (const { name, health, detail } of record.sources) {
    if (health === "denied" || health === "failed") log.warn(`Source '${name}' is ${health}: ${detail ?? "no reason given"}, continuing without it`);
  }
  const server = await serveVarlink({
    listen,
    service: createService(info, [
      bootInterface({
        record: () => record,
        verdict: () => verdict(record),
        status: () => statusText(record),
        subscribe(changed) {
          subscribers.add(changed);
          return () => subscribers.delete(changed);
        },
      }),
    ]),
    onProblem: (problem) => log.error(`Varlink ${problem.kind}: ${problem.cause instanceof Error ? problem.cause.message : String(problem.cause)}, continuing`),
  });
  save();
  await sayReady(notify, ["READY=1", statusAssignment(verdict(record))], stop);
  const watchdog = notify.watchdogMilliseconds === null ? null : setInterval(() => notify.send(["WATCHDOG=1"]), notify.watchdogMilliseconds);

  await aborted(stop);
  notify.send(["STOPPING=1"]);
  if (watchdog !== null) clearInterval(watchdog);
  await server.close();
  await following.stop();
  save();
}

/** The record of the daemon before us in this boot, or an empty one. A boot ID that is not known yet, neither then nor now, differs from none. */
function restored(state: StateFile, bootId: string | null, log: Log): BootRecord {
  const saved = state.load();
  if (saved === null || (saved.bootId !== null && bootId !== null && saved.bootId !== bootId)) return emptyRecord();
  log.info(`Going on from the saved record: ${verdict(saved)}`);
  return saved;
}

async function bootIdOf(host: Host): Promise<string | null> {
  const identity = (await ask(kernelIdentity, host)).find(({ kind }) => kind === "kernel");
  return identity?.kind === "kernel" ? identity.bootId : null;
}

function levelOf({ effect }: Effect): "notice" | "info" | "warn" {
  switch (effect) {
    case "level":
    case "reseed":
      return "notice";
    case "anomaly":
    case "gap":
      return "warn";
    case "moment":
    case "callers":
    case "early-use":
      return "info";
  }
}

async function sayReady(notify: Notifier, assignments: readonly string[], stop: AbortSignal): Promise<void> {
  for (let tries = 0; tries < readyTries && !stop.aborted; tries++) {
    if (notify.send(assignments)) return;
    await new Promise((resolve) => setTimeout(resolve, readyRetryMilliseconds));
  }
}
