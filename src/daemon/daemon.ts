import { type BootRecord, emptyRecord } from "../core/boot-record.ts";
import { bootInterface } from "../exporters/boot-interface.ts";
import type { Log } from "../exporters/log-lines.ts";
import { type Notifier, statusAssignment } from "../exporters/notify.ts";
import type { Listen } from "../exporters/varlink/listen.ts";
import { serveVarlink, type VarlinkServer } from "../exporters/varlink/server.ts";
import { createService, type ServiceInfo } from "../exporters/varlink/service.ts";
import { aborted } from "../platform/aborted.ts";
import { statusText } from "../render/status-text.ts";
import { verdict } from "../render/verdict.ts";
import { kernelIdentity } from "../sources/kernel-identity.ts";
import type { Host } from "../sources/source.ts";
import { ask } from "./ask.ts";
import { follow } from "./follow.ts";
import type { StateFile } from "./state-file.ts";
import { keepStory, type Story } from "./story.ts";

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
export async function runDaemon(options: DaemonOptions, stop: AbortSignal): Promise<void> {
  const { host, log, notify } = options;
  const story = keepStory(await restored(options), options);
  const following = await follow(host, story.take);
  try {
    warnOfSources(story.record(), log);
    const server = await serve(story, options);
    story.save();
    await sayReady(notify, ["READY=1", statusAssignment(verdict(story.record()))], stop);
    const watchdog = notify.watchdogMilliseconds === null ? null : setInterval(() => notify.send(["WATCHDOG=1"]), notify.watchdogMilliseconds);
    await aborted(stop);
    notify.send(["STOPPING=1"]);
    if (watchdog !== null) clearInterval(watchdog);
    await server.close();
  } finally {
    await following.stop();
    story.save();
  }
}

/**
 * The record of the daemon before us in this boot, or an empty one. Where the boot ID was not known then, or is not now, the
 * folder in /run stands for the boot.
 */
async function restored({ host, state, log }: DaemonOptions): Promise<BootRecord> {
  const saved = state.load();
  if (saved === null) return emptyRecord();
  const identity = (await ask(kernelIdentity, host)).find(({ kind }) => kind === "kernel");
  const bootId = identity?.kind === "kernel" ? identity.bootId : null;
  if (saved.bootId !== null && bootId !== null && saved.bootId !== bootId) return emptyRecord();
  log.info(`Going on from the saved record: ${verdict(saved)}`);
  return saved;
}

function warnOfSources({ sources }: BootRecord, log: Log): void {
  for (const { name, health, detail } of sources) {
    if (health === "denied" || health === "failed") log.warn(`Source '${name}' is ${health}: ${detail ?? "no reason given"}, continuing without it`);
  }
}

function serve({ record, subscribe }: Story, { listen, info, log }: DaemonOptions): Promise<VarlinkServer> {
  const told = { record, subscribe, verdict: () => verdict(record()), status: () => statusText(record()) };
  return serveVarlink({
    listen,
    service: createService(info, [bootInterface(told)]),
    onProblem: ({ kind, cause }) => log.error(`Varlink ${kind}: ${cause instanceof Error ? cause.message : String(cause)}, continuing`),
  });
}

async function sayReady(notify: Notifier, assignments: readonly string[], stop: AbortSignal): Promise<void> {
  for (let tries = 0; tries < readyTries && !stop.aborted; tries++) {
    if (notify.send(assignments)) return;
    await new Promise((resolve) => setTimeout(resolve, readyRetryMilliseconds));
  }
}
