import { unknownWait, type Wait } from "../../../src/core/wait.ts";
import type { Caller } from "../../../src/core/caller.ts";

/** sshd-keygen's wait, or what a test makes of it. */
export function aWait(facts: Partial<Wait> = {}): Wait {
  return {
    ...unknownWait,
    pid: 612,
    comm: "sshd-keygen",
    exe: "/usr/bin/ssh-keygen",
    unit: "sshd-keygen@rsa.service",
    interface: "getrandom",
    from: 1,
    libraries: ["libcrypto.so.3"],
    librariesSource: "maps",
    fips: false,
    ended: (facts.to ?? null) === null ? null : "returned",
    evidence: "recorder",
    ...facts,
  };
}

/** A proof that this library called, or what a test makes of it. Null: the program itself. */
export function aCaller(library: string | null, facts: Partial<Caller> = {}): Caller {
  return {
    library,
    function: null,
    offset: null,
    buildId: null,
    how: "stack",
    fromConstructor: false,
    stack: [],
    request: null,
    ...facts,
  };
}
