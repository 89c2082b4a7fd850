import { unknownWait, type Wait } from "../../src/core/wait.ts";

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
    fips: false,
    ended: (facts.to ?? null) === null ? null : "returned",
    evidence: "recorder",
    ...facts,
  };
}
