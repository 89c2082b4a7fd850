import { bootloaderSeed } from "../sources/supply/bootloader-seed.ts";
import { cpuRng } from "../sources/supply/cpu-rng.ts";
import { devRandomPoll } from "../sources/crng/dev-random-poll.ts";
import { flightRecorder } from "../sources/trace/flight-recorder.ts";
import { fips } from "../sources/host/fips.ts";
import { generators } from "../sources/program/generators.ts";
import { getrandomProbe } from "../sources/crng/getrandom-probe.ts";
import { hostFacts } from "../sources/host/host-facts.ts";
import { hwRandom } from "../sources/supply/hw-random.ts";
import { kernelIdentity } from "../sources/host/kernel-identity.ts";
import { kmsg } from "../sources/crng/kmsg.ts";
import { ownStart } from "../sources/crng/own-start.ts";
import { randomSysctl } from "../sources/crng/random-sysctl.ts";
import { platform } from "../sources/host/platform.ts";
import { commandLineTool } from "../boot-loaders/registry.ts";
import { seedFile } from "../sources/supply/seed-file.ts";
import type { Source } from "../sources/source.ts";
import { suspects } from "../sources/program/suspects.ts";
import { traceInstance } from "../sources/trace/trace-instance.ts";
import { unitTimes } from "../sources/host/unit-times.ts";
import { virtualization } from "../sources/host/virtualization.ts";
import { waitingTasks } from "../sources/task/waiting-tasks.ts";

/**
 * Every way of observing a host, in the order in which they are observed: the probe first, since every moment counts,
 * and the kernel log last, so that what it does not show by then was not printed. Of those that have something to end,
 * the daemon's own process is the last, since it drops what the others need. A new source is its file and a line here.
 */
export const sources: readonly Source[] = [
  getrandomProbe,
  randomSysctl,
  fips,
  kernelIdentity,
  cpuRng,
  hwRandom,
  bootloaderSeed,
  seedFile,
  virtualization,
  devRandomPoll,
  flightRecorder,
  traceInstance,
  waitingTasks,
  ownStart,
  kmsg,
  hostFacts,
  platform(commandLineTool),
  unitTimes,
  suspects,
  generators,
];
