import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cloneArguments, saveMachine } from "./clone.ts";
import { findProgram, hasCode } from "./host/host-programs.ts";
import { quoteTails, type SerialLogs } from "./transcript.ts";

/** A machine for QEMU, complete. */
export interface MachinePlan {
  readonly image: string;
  readonly initramfs: string;
  readonly commandLine: string;
  readonly memoryMiB: number;
  /** QEMU's name of the processor, with its flags. */
  readonly cpu: string;
  readonly processors: number;
  /** What the guest's clock counts. */
  readonly clock: "instructions" | "host time";
  /** Arguments of further `-device` options. */
  readonly devices: readonly string[];
  /** Path of the firmware; null for QEMU's own, a BIOS. */
  readonly firmware: string | null;
  /** What the script prints where the machine is to be saved, to run on as a copy; null: nowhere. */
  readonly clonedAt: string | null;
  /** Seconds of the host after which the guest is killed. */
  readonly timeoutSeconds: number;
}

/**
 * Runs a guest until it powers off or panics, and resolves to what its serial ports carried. `directory` takes the
 * logs. On time-out the guest is killed and the error quotes the end of both logs.
 */
export async function runMachine(plan: MachinePlan, directory: string): Promise<SerialLogs> {
  const consoleLog = join(directory, "console");
  const scriptLog = join(directory, "script");
  const program = findProgram("qemu-system-x86_64");
  if (program === null)
    throw new Error("Cannot boot a guest: qemu-system-x86_64 is missing (apt-get install qemu-system-x86)");
  const args = qemuArguments(plan, consoleLog, scriptLog);
  const run = async (more: readonly string[]): Promise<Outcome> =>
    await runToEnd(program, [...args, ...more], plan.timeoutSeconds);
  const outcome =
    plan.clonedAt === null ? await run([]) : await runCloned(run, scriptLog, `\n${plan.clonedAt}\n`, directory);
  const rawConsole = await readLog(consoleLog);
  const logs = {
    console: rawConsole.toString("utf8"),
    rawConsole,
    script: (await readLog(scriptLog)).toString("utf8"),
  };
  if (outcome.timedOut) throw new Error(`The guest did not end within ${plan.timeoutSeconds} s\n${quoteTails(logs)}`);
  if (outcome.status !== 0) throw new Error(`QEMU ended with status ${outcome.status}: ${outcome.errors.trim()}`);
  return logs;
}

function qemuArguments(plan: MachinePlan, consoleLog: string, scriptLog: string): string[] {
  return [
    "-nodefaults",
    "-no-reboot",
    ["-display", "none"],
    ["-m", String(plan.memoryMiB)],
    // One thread, whatever the processors: with more, QEMU 7.2's emulation made a 6.12 guest oops in its scheduler.
    ["-smp", String(plan.processors)],
    ["-accel", "tcg,thread=single"],
    // The guest's clock counts its own instructions, 4 ns each, and jumps over idleness: what it measures does not
    // depend on how busy the host is, as the time of a slow machine (250 MIPS), and 20 s of sleep cost the test
    // nothing. Two processors take turns, and the clock counts the instructions of both.
    plan.clock === "instructions" ? ["-icount", "shift=2,sleep=off"] : [],
    ["-cpu", plan.cpu],
    // A copy of the machine continues where the first one stopped to write.
    ["-chardev", `file,id=console,path=${consoleLog},append=on`, "-serial", "chardev:console"],
    ["-chardev", `file,id=script,path=${scriptLog},append=on`, "-serial", "chardev:script"],
    ...plan.devices.map((device) => ["-device", device]),
    plan.firmware === null ? [] : ["-bios", plan.firmware],
    ["-kernel", plan.image],
    ["-initrd", plan.initramfs],
    ["-append", plan.commandLine],
  ].flat();
}

/** Runs the machine until it prints `mark`, saves it, and lets its copy run to the end. */
async function runCloned(
  run: (more: readonly string[]) => Promise<Outcome>,
  scriptLog: string,
  mark: string,
  directory: string,
): Promise<Outcome> {
  const [monitor, state] = [join(directory, "monitor"), join(directory, "state")];
  const { original, copy } = cloneArguments(monitor, state);
  let hasEnded = false;
  const first = run(original).finally(() => (hasEnded = true));
  while (!hasEnded && !(await readLog(scriptLog)).includes(mark)) await sleep(200);
  if (!hasEnded) await saveMachine(monitor, state);
  const outcome = await first;
  return outcome.timedOut || outcome.status !== 0 ? outcome : await run(copy);
}

interface Outcome {
  readonly status: number | null;
  readonly timedOut: boolean;
  readonly errors: string;
}

function runToEnd(program: string, args: readonly string[], timeoutSeconds: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    const kill = (): void => void child.kill("SIGKILL");
    let timedOut = false;
    let errors = "";
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, timeoutSeconds * 1_000);
    // A guest must not outlive the test run that started it.
    process.once("exit", kill);
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", (cause) => reject(new Error(`Cannot run '${program}'`, { cause })));
    child.on("close", (status) => {
      clearTimeout(timer);
      process.removeListener("exit", kill);
      resolve({ status, timedOut, errors });
    });
  });
}

/** A log that does not exist is that of a QEMU that never started. */
async function readLog(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return Buffer.alloc(0);
    throw error;
  }
}
