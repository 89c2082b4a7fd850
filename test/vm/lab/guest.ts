import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { concatenateArchives, packArchive, stageFile, type GuestFile } from "./root/archive.ts";
import {
  CLONE_MARKER,
  FUNCTIONS,
  GUEST_ASK,
  GUEST_FUNCTIONS,
  GUEST_PASS_ON,
  GUEST_RUNNER,
  GUEST_SCRIPT,
  RUNNER,
} from "./guest-shell.ts";
import { stageModules } from "./root/kernel-modules.ts";
import type { Kernel } from "./kernels.ts";
import { dependenciesLayer } from "./root/layers.ts";
import { compiled } from "./host/compiled.ts";
import { REPOSITORY, stageProject } from "./root/project-files.ts";
import { runMachine } from "./qemu.ts";
import { readTranscript, type Transcript } from "./transcript.ts";
import { withWorkDirectory } from "./work-directory.ts";

/** What a test may choose about a guest, whichever machine it is. */
export interface GuestOptions {
  /** What the guest runs: POSIX sh, with the functions of guest-shell.ts. Its exit status becomes the transcript's. */
  readonly script: string;
  /** Appended to the kernel's command line, so it has the last word. */
  readonly commandLine?: string;
  /** Whether the kernel believes RDRAND, so that the CRNG is ready from the start. Default false. */
  readonly trustCpu?: boolean;
  /**
   * QEMU's processor. Default "qemu64", which has no RDRAND, and "qemu64,+rdrand" with `trustCpu`: "max" takes longer.
   */
  readonly cpu?: string;
  /** How many; one by default. */
  readonly processors?: number;
  /**
   * What the guest's clock counts; default: instructions with one processor, else host time, by which its times prove
   * nothing. Two processors that count instructions take turns: each has a part of the 250 MIPS where both are busy.
   */
  readonly clock?: "instructions" | "host time";
  /** Path of the firmware on this host; default: QEMU's own, a BIOS. */
  readonly firmware?: string;
  /**
   * Whether the machine is saved where the script calls `clone`, as by a snapshot, and then runs as a copy with another
   * generation ID. Default false.
   */
  readonly cloned?: boolean;
  /** QEMU devices, such as "virtio-rng-pci". */
  readonly devices?: readonly string[];
  /** Kernel modules that the script may `load`. */
  readonly modules?: readonly string[];
  /** Files by their absolute path in the guest. */
  readonly files?: Readonly<Record<string, GuestFile>>;
  /** Memory; the default is 1024, or 2048 for the full machine. */
  readonly memoryMiB?: number;
  /** Seconds of the host after which the guest is killed; the default is 540, or 570 for the full machine. */
  readonly timeoutSeconds?: number;
  /** Path of the host's `node` to take; null for a guest without. Default: the one that runs the test. */
  readonly node?: string | null;
  /** Directory of the built project; null for a guest without. Default: this repository. */
  readonly project?: string | null;
}

/** What a kind of machine adds to what the test chose. */
export interface MachineKind {
  /** Cached archives, unpacked in this order before the guest's own files. */
  readonly layers: readonly string[];
  /** Puts the machine's own files below `root`, before those of the test. */
  readonly stage: (root: string) => Promise<void>;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
}

/** The project directory that a guest gets, or null. */
export function projectOf(options: GuestOptions): string | null {
  return options.project === undefined ? REPOSITORY : options.project;
}

/** The `node` that a guest gets, or null. */
export function nodeOf(options: GuestOptions): string | null {
  return options.node === undefined ? process.execPath : options.node;
}

/**
 * Builds a guest's initramfs, runs it to its end and reads what it said. Throws when the guest panics, or does not
 * end in time; a script that fails is a status, not an error.
 */
export async function runGuest(options: GuestOptions, kernel: Kernel, kind: MachineKind): Promise<Transcript> {
  return await withWorkDirectory(async (directory) => {
    const initramfs = await buildInitramfs(options, kernel, kind, directory);
    const started = performance.now();
    const logs = await runMachine(
      {
        image: kernel.image,
        initramfs,
        commandLine: commandLine(options, kind),
        memoryMiB: options.memoryMiB ?? kind.memoryMiB,
        cpu: options.cpu ?? (options.trustCpu === true ? "qemu64,+rdrand" : "qemu64"),
        processors: options.processors ?? 1,
        clock: options.clock ?? ((options.processors ?? 1) === 1 ? "instructions" : "host time"),
        devices: options.devices ?? [],
        firmware: options.firmware ?? null,
        clonedAt: options.cloned === true ? CLONE_MARKER : null,
        timeoutSeconds: options.timeoutSeconds ?? kind.timeoutSeconds,
      },
      directory,
    );
    return readTranscript(logs, (performance.now() - started) / 1_000);
  });
}

/**
 * The cached layers and, after them, what belongs to this one boot; the path of the archive. It stays
 * uncompressed: the emulated processor copies it faster than it unpacks gzip or zstd (full machine: 2 to 4 s).
 */
async function buildInitramfs(
  options: GuestOptions,
  kernel: Kernel,
  kind: MachineKind,
  directory: string,
): Promise<string> {
  const root = join(directory, "root");
  await mkdir(root);
  const layers = [...kind.layers];
  const project = projectOf(options);
  if (project !== null) {
    layers.push(await dependenciesLayer(project));
    await stageProject(root, project);
  }
  await stageModules(root, kernel, options.modules ?? []);
  await stageFile(root, GUEST_RUNNER, RUNNER);
  await stageFile(root, GUEST_PASS_ON, { from: await compiled("pass-on", "-static") });
  await stageFile(root, GUEST_ASK, { from: await compiled("ask", "-static") });
  await stageFile(root, GUEST_FUNCTIONS, FUNCTIONS);
  await stageFile(root, GUEST_SCRIPT, options.script);
  await kind.stage(root);
  for (const [path, file] of Object.entries(options.files ?? {})) await stageFile(root, path, file);
  const own = join(directory, "own.cpio");
  const initramfs = join(directory, "initramfs");
  await packArchive(root, own);
  await concatenateArchives([...layers, own], initramfs);
  return initramfs;
}

function commandLine(options: GuestOptions, kind: MachineKind): string {
  return [
    // panic=-1 with QEMU's -no-reboot: a panic ends QEMU at once, instead of using up the time-out.
    "console=ttyS0 panic=-1 quiet",
    // The self-tests of ciphers take a third of the emulated kernel's start. In FIPS mode it runs them all the same.
    "cryptomgr.notests",
    `random.trust_cpu=${options.trustCpu === true ? "on" : "off"} random.trust_bootloader=off`,
    kind.commandLine,
    options.commandLine ?? "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}
