import { stageFile } from "./root/archive.ts";
import { MICRO_INIT } from "./guest-shell.ts";
import { nodeOf, runGuest, type GuestOptions } from "./guest.ts";
import { fetchKernel, type KernelSeries } from "./kernels.ts";
import { busyboxLayer, nodeLayer } from "./root/layers.ts";
import { stageProgram } from "./root/shared-libraries.ts";
import type { Transcript } from "./transcript.ts";

export type { GuestFile } from "./root/archive.ts";
export type { GuestOptions } from "./guest.ts";
export type { KernelSeries } from "./kernels.ts";
export type { Transcript } from "./transcript.ts";

/** The micro machine: busybox, and a shell as PID 1. */
export interface MicroMachine extends GuestOptions {
  readonly kernel: KernelSeries;
  /** Programs of this host to have in the guest, with their libraries. */
  readonly programs?: readonly string[];
}

/**
 * Boots a kernel with a shell as PID 1, runs the script and powers off. The CRNG is not ready and stays so until
 * a task waits for it. Throws when the guest panics, or does not end in time; a script that fails is
 * a status, not an error.
 */
export async function boot(machine: MicroMachine): Promise<Transcript> {
  const node = nodeOf(machine);
  return await runGuest(machine, await fetchKernel(machine.kernel), {
    layers: [await busyboxLayer(), ...(node === null ? [] : [await nodeLayer(node)])],
    stage: async (root) => {
      await stageFile(root, "/init", MICRO_INIT);
      for (const program of machine.programs ?? []) await stageProgram(root, program);
    },
    commandLine: "",
    memoryMiB: 1_024,
    timeoutSeconds: 540,
  });
}
