/**
 * The variables by which libraries choose FIPS mode, with OpenSSL's that names its configuration. Nothing else of an
 * environment is kept.
 */
export const fipsVariables = [
  "LIBGCRYPT_FORCE_FIPS_MODE",
  "OPENSSL_FORCE_FIPS_MODE",
  "OPENSSL_CONF",
  "GNUTLS_FORCE_FIPS_MODE",
  "NSS_FIPS",
] as const;

export type FipsEnvironment = Readonly<Partial<Record<(typeof fipsVariables)[number], string>>>;

/** A value is a switch or a path (PATH_MAX). */
const longestValue = 4096;

/**
 * Reads /proc/PID/environ (proc_pid_environ(5)): assignments that end in NUL, of which the first counts, as for
 * getenv(3).
 */
export function parseFipsEnvironment(environ: Buffer): FipsEnvironment {
  const found: [string, string][] = [];
  for (const name of fipsVariables) {
    const value = valueOf(environ, `${name}=`);
    if (value !== null) found.push([name, value]);
  }
  return Object.fromEntries(found);
}

function valueOf(environ: Buffer, assignment: string): string | null {
  for (let at = environ.indexOf(assignment); at !== -1; at = environ.indexOf(assignment, at + 1)) {
    if (at > 0 && environ[at - 1] !== 0) continue;
    const from = at + assignment.length;
    const end = environ.indexOf(0, from);
    return environ.subarray(from, Math.min(end === -1 ? environ.length : end, from + longestValue)).toString("utf8");
  }
  return null;
}
