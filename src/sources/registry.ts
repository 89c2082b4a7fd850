import { bootloaderSeed } from "./bootloader-seed.ts";
import { cpuRng } from "./cpu-rng.ts";
import { devRandomPoll } from "./dev-random-poll.ts";
import { flightRecorder } from "./flight-recorder.ts";
import { fips } from "./fips.ts";
import { getrandomProbe } from "./getrandom-probe.ts";
import { hostFacts } from "./host-facts.ts";
import { hwRandom } from "./hw-random.ts";
import { kernelIdentity } from "./kernel-identity.ts";
import { kmsg } from "./kmsg.ts";
import { ownStart } from "./own-start.ts";
import { randomSysctl } from "./random-sysctl.ts";
import { seedFile } from "./seed-file.ts";
import type { Source } from "./source.ts";
import { traceInstance } from "./trace-instance.ts";
import { virtualization } from "./virtualization.ts";
import { waitingTasks } from "./waiting-tasks.ts";

/**
 * Every way of observing a host, in the order in which they are asked: the probe first, since every moment counts, and the
 * kernel log last, so that what it does not show by then was not printed. A new source is its file and a line here.
 */
export const sources: readonly Source[] = [
  getrandomProbe,
  randomSysctl,
  ownStart,
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
  kmsg,
  hostFacts,
];
