import type { Wait } from "../../src/core/boot-record.ts";

/** sshd-keygen's wait, or what a test makes of it. */
export function aWait(facts: Partial<Wait> = {}): Wait {
  return {
    pid: 612,
    comm: "sshd-keygen",
    exe: "/usr/bin/ssh-keygen",
    unit: "sshd-keygen@rsa.service",
    interface: "getrandom",
    from: 1,
    to: null,
    seconds: null,
    libraries: ["libcrypto.so.3"],
    fips: false,
    evidence: "recorder",
    line: null,
    ...facts,
  };
}
