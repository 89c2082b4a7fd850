import { fipsByOpensslConf } from "../../parse/program/openssl-conf.ts";
import type { FipsSwitches } from "../../parse/program/process-fips.ts";
import { join } from "../../platform/builtins.ts";
import { exists, readText } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";

/** What makes a host's libraries choose FIPS mode, except the environment of each process. */
export function fipsSwitches(roots: Roots): FipsSwitches {
  const { etc } = roots;
  return {
    kernel: kernelFips(roots),
    gcryptFile: exists(join(etc, "gcrypt/fips_enabled")),
    systemFips: exists(join(etc, "system-fips")),
    opensslConf: opensslConf(roots),
  };
}

/**
 * Within a container the kernel is the host's, and the files are its own. They are not read: the owner of the container
 * may have mounted a file system there that never answers, and we would hang.
 */
export function fipsSwitchesInContainer({ kernel }: FipsSwitches): FipsSwitches {
  return { kernel, gcryptFile: null, systemFips: null, opensslConf: null };
}

function kernelFips({ proc }: Roots): boolean | null {
  const enabled = readText(join(proc, "sys/crypto/fips_enabled"));
  if (enabled.kind === "ok") return /^\d+$/.test(enabled.value) ? Number(enabled.value) !== 0 : null;
  // A kernel without the file was built without FIPS mode; without /proc nothing is known.
  return enabled.kind === "absent" && exists(join(proc, "sys/kernel")) === true ? false : null;
}

/** The first that is there counts: Fedora's and RHEL's OPENSSLDIR, Debian's, upstream's. */
function opensslConf({ etc, usr }: Roots): boolean | null {
  for (const path of [
    join(etc, "pki/tls/openssl.cnf"),
    join(etc, "ssl/openssl.cnf"),
    join(usr, "local/ssl/openssl.cnf"),
  ]) {
    if (exists(path) === false) continue;
    const read = readText(path);
    return read.kind === "ok" ? fipsByOpensslConf(read.value) : null;
  }
  return false;
}
