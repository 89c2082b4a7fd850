import type { Caller, CallerFrame, RandomRequest } from "../caller.ts";
import type { ProgramTime, Wait } from "../wait.ts";
import { flag, list, number, object, optional, text, whole, word } from "./shape.ts";

/** Of a stack that is longer, no frame is ever kept; likewise of libraries. */
const most = { frames: 256, libraries: 1024 };

const request = object<RandomRequest>("Request", {
  syscall: word({ getrandom: true, read: true }),
  bytes: whole,
  flags: whole,
});

const caller = object<Caller>("Caller", {
  library: optional(text),
  function: optional(text),
  offset: optional(number),
  buildId: optional(text),
  how: word({ stack: true, request: true, frames: true }),
  fromConstructor: optional(flag),
  stack: list(
    object<CallerFrame>("Frame", {
      file: optional(text),
      function: optional(text),
      offset: optional(number),
      buildId: optional(text),
      byFramePointer: flag,
    }),
    most.frames,
  ),
  request: optional(request),
});

export const waitShape = object<Wait>("Wait", {
  pid: optional(whole),
  tid: optional(whole),
  namespacePid: optional(whole),
  comm: optional(text),
  exe: optional(text),
  commandLine: optional(text),
  startedAt: optional(number),
  parent: optional(object<NonNullable<Wait["parent"]>>("Parent", { pid: whole, comm: optional(text) })),
  unit: optional(text),
  unitSource: optional(word({ cgroup: true, "unit-file": true })),
  container: optional(text),
  libraries: list(text, most.libraries),
  librariesSource: optional(word({ maps: true, elf: true, request: true })),
  runtime: optional(text),
  fips: optional(flag),
  fipsWhy: optional(text),
  interface: word({ getrandom: true, "dev-random": true, urandom: true, kernel: true }),
  interfaceSeen: flag,
  generator: word({ crng: true, drbg: true }),
  times: whole,
  polls: flag,
  request: optional(request),
  caller: optional(caller),
  program: optional(object<ProgramTime>("ProgramTime", { from: number, until: optional(number) })),
  userStack: list(text, most.frames),
  gatheredJitter: optional(flag),
  from: optional(number),
  notBefore: optional(number),
  seenAt: optional(number),
  to: optional(number),
  ended: optional(word({ returned: true, interrupted: true, gone: true })),
  endShown: flag,
  errorSeconds: optional(number),
  seconds: optional(number),
  evidence: word({ recorder: true, live: true, "hung-task": true, "task-state": true, stack: true }),
  line: optional(whole),
});
