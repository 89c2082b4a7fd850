import { isOpen, type TaskFacts, type Wait } from "../../core/wait.ts";
import { betterCaller } from "../../core/caller.ts";
import { clockSkew } from "../../core/base/time.ts";
import { fipsByRequest, libraryOfRequest } from "../../parse/trace/request-fingerprint.ts";
import type { UserRegisters } from "../../parse/trace/kernel-stack-words.ts";
import type { FipsSwitches } from "../../parse/program/process-fips.ts";
import { followBelow } from "../../platform/confined.ts";
import { fipsSwitches } from "./fips-switches.ts";
import { ProgramUnits } from "./program-units.ts";
import { CallStacks } from "./call-stacks.ts";
import { libcDoor } from "./libc-call.ts";
import { OtherCallers } from "./other-callers.ts";
import { SharedLibraries } from "./shared-libraries.ts";
import type { Host } from "../source.ts";
import { describeProgram, describeTask, type LivingTask, type ProgramFacts } from "./task-facts.ts";

/** What the recorder's trace shows of a blocked task beside its wait. */
interface Recorded {
  readonly goneOn: boolean;
  readonly registers: UserRegisters | null;
}

/**
 * Describes tasks that wait. What is the same for all of them, the host's FIPS switches and the libraries read so far,
 * is read once.
 */
export class Waiters {
  readonly #host: Host;
  #switches: FipsSwitches | null = null;
  #libraries: SharedLibraries | null = null;
  #units: ProgramUnits | null = null;
  #others: OtherCallers | null = null;
  readonly #stacks: CallStacks;

  constructor(host: Host) {
    this.#host = host;
    this.#stacks = new CallStacks(host);
  }

  /**
   * A wait seen by a kernel stack, with its request and its caller, where it sleeps in that call. A task that spins for
   * the CRNG has its registers in no file of /proc.
   */
  withCall(wait: Wait): Wait {
    const { tid, interface: through, polls } = wait;
    if (tid === null || polls || (through !== "getrandom" && through !== "dev-random")) return wait;
    const asked = this.#stacks.requestOfSleeper(tid);
    if (asked?.syscall !== (through === "getrandom" ? "getrandom" : "read")) return wait;
    const task = describeTask(this.#host, { tid }, this.#fips());
    const call = task === null ? null : this.#stacks.callOfSleeper(task);
    if (task === null || call?.request?.syscall !== asked.syscall) return wait;
    const mode = call.caller === null ? null : task.fipsOf(call.caller.library);
    return { ...wait, ...call, ...(mode === null || mode.fips === null ? {} : mode) };
  }

  /** What is known of a task that waits, as far as it is alive and may be read; at least its number. */
  of(tid: number): Partial<TaskFacts> & Pick<TaskFacts, "pid" | "tid"> {
    const task = describeTask(this.#host, { tid }, this.#fips());
    return task === null ? { pid: tid, tid } : factsOf(task);
  }

  /**
   * A recorded wait with what /proc shows of its task. Where that has ended, or another task has its number, its
   * program's file shows; that also where it has gone on to another program since, as a first process does that is not
   * the last init. `goneOn`: the trace says so. `registers`: with which it entered the kernel; by them the stack of a
   * task that still waits is unwound.
   */
  attribute(wait: Wait, { goneOn = false, registers = null }: Partial<Recorded> = {}): Wait {
    const attributed = this.#attributed(wait, { goneOn, registers });
    const proven =
      registers === null || attributed.caller !== null ? attributed : this.#byRequest(attributed, registers);
    return proven.caller === null ? proven : { ...proven, ...fipsByRequest(proven.caller, proven.fips) };
  }

  #attributed(wait: Wait, { goneOn, registers }: Recorded): Wait {
    const task = wait.tid === null ? null : describeTask(this.#host, { tid: wait.tid }, this.#fips());
    if (task === null || !isTaskOf(wait, task))
      return wait.exe === null ? wait : { ...wait, ...this.#unitOf(wait.exe, wait), ...this.#programOf(wait) };
    const { comm, exe, commandLine, libraries, librariesSource, runtime, fips, fipsWhy, ...process } = factsOf(task);
    const before = goneOn ? this.#programOf(wait) : this.#programBefore(wait, task);
    if (before !== null)
      return { ...wait, ...process, comm: wait.comm ?? comm, ...before, ...this.#fipsBeforeMounts(wait, before) };
    const known = librariesSource === null ? {} : { libraries, librariesSource };
    const caller = isOpen(wait) && registers !== null ? this.#stacks.callerOf(task, registers) : null;
    const mode = caller === null ? { fips, fipsWhy } : task.fipsOf(caller.library);
    return {
      ...wait,
      ...process,
      commandLine,
      runtime,
      ...known,
      comm: wait.comm ?? comm,
      exe: exe ?? wait.exe,
      ...(mode.fips === null ? {} : mode),
      caller: betterCaller(wait.caller, caller),
    };
  }

  /**
   * What the file of the program in which it waited shows, unless more is known: the task is no more in it, what its
   * name names here may be another file, and that of an initrd is gone.
   */
  #programOf({ exe, librariesSource }: Wait): Partial<TaskFacts> & Pick<TaskFacts, "exe"> {
    return { exe, ...(exe === null || librariesSource === "maps" ? null : this.#program(exe)) };
  }

  /**
   * The program in which it waited, where the living task runs another one by now. Null: it is the same, or a script,
   * whose interpreter runs.
   */
  #programBefore({ exe }: Wait, task: LivingTask): (Partial<TaskFacts> & Pick<TaskFacts, "exe">) | null {
    if (exe === null || task.exe === null || task.container !== null || task.namespacePid !== null) return null;
    const place = followBelow(this.#host.roots.top, exe);
    if (place === null || place === task.exe) return null;
    const program = this.#program(exe);
    return program === null ? null : { exe: place, ...program };
  }

  /** Libraries read in /proc the kernel's FIPS mode, and the first process runs before it is mounted. */
  #fipsBeforeMounts({ pid }: Wait, { fips, librariesSource }: Partial<TaskFacts>): Partial<TaskFacts> {
    if (pid !== 1 || fips !== true || librariesSource !== "elf" || this.#fips().kernel !== true) return {};
    return { fips: null, fipsWhy: "the kernel is in FIPS mode, but whether /proc was mounted by then is not known" };
  }

  /** A wait whose stack was not unwound, with the library that its request is of, where it is of one alone. */
  #byRequest(wait: Wait, registers: UserRegisters): Wait {
    const { exe, container, libraries, librariesSource, fips } = wait;
    const [request, address] = [registers.request, registers.values.at(-1) ?? null];
    // What another mount namespace has for a libc is not read.
    if (exe === null || container !== null || request === null || address === null || registers.machine === "i386")
      return wait;
    if (librariesSource !== "maps" && librariesSource !== "elf") return wait;
    this.#libraries ??= new SharedLibraries(this.#host.roots);
    this.#others ??= new OtherCallers(this.#host.roots, this.#libraries);
    const door = libcDoor(this.#host.roots, this.#libraries, exe, address);
    const library = libraryOfRequest(request, door, libraries, fips ?? this.#fips().kernel);
    if (library === null || door === null || this.#others.mayCall(exe, door, request)) return wait;
    const unknown = { function: null, offset: null, buildId: null, fromConstructor: null, stack: [] };
    return { ...wait, caller: { library, ...unknown, how: "request", request } };
  }

  #unitOf(exe: string, { unit: known }: Wait): Partial<TaskFacts> {
    if (known !== null) return {};
    this.#units ??= new ProgramUnits(this.#host.roots);
    const unit = this.#units.unitOf(exe);
    return unit === null ? {} : { unit, unitSource: "unit-file" };
  }

  #program(exe: string): ProgramFacts | null {
    this.#libraries ??= new SharedLibraries(this.#host.roots);
    return describeProgram(this.#host, exe, this.#libraries, this.#fips());
  }

  #fips(): FipsSwitches {
    this.#switches ??= fipsSwitches(this.#host.roots);
    return this.#switches;
  }
}

/** What the record keeps of a task; the other fields are only needed while it is read. */
function factsOf(task: LivingTask): TaskFacts {
  const { kernelThread: _kernelThread, startTicks: _startTicks, userUnit: _userUnit, fipsOf: _fipsOf, ...facts } = task;
  return facts;
}

/**
 * A process that started later has the number of one that is gone; another name is what it was before it started a
 * program.
 */
function isTaskOf({ from, to, comm }: Wait, task: LivingTask): boolean {
  const began = from ?? to;
  // The two times are by two clocks, which differ a little. No machine uses up all its numbers in that time.
  return (began === null || task.startedAt <= began + clockSkew(began)) && (comm === null || comm === task.comm);
}
