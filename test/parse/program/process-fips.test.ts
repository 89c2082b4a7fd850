import { describe, expect, it } from "vitest";
import type { FipsEnvironment } from "../../../src/parse/program/fips-environment.ts";
import { type FipsSwitches, likeliestFirst, processFips } from "../../../src/parse/program/process-fips.ts";
import { randomLibraries } from "../../../src/parse/program/random-libraries.ts";

const off: FipsSwitches = { kernel: false, gcryptFile: false, systemFips: false, opensslConf: false };
const modeOf = (
  files: readonly string[],
  environment: FipsEnvironment | null,
  switches: Partial<FipsSwitches> = {},
): readonly unknown[] => {
  const libraries = randomLibraries(files);
  const mode = processFips(libraries, environment, { ...off, ...switches });
  return [
    mode.fips,
    likeliestFirst(libraries, mode)
      .map(({ soname }) => soname)
      .join(" "),
  ];
};
const [gcrypt, old, crypto, crypto11, gnutls, nss] = [
  "libgcrypt.so.20.4.1",
  "libgcrypt.so.20.2.5",
  "libcrypto.so.3.2.1",
  "libcrypto.so.1.1.1k",
  "libgnutls.so.30",
  "libsoftokn3.so",
];

describe("FIPS mode of a process", () => {
  it("is the kernel's, and libgcrypt is then the first to draw", () => {
    expect(modeOf([crypto, gcrypt], {}, { kernel: true })).toEqual([true, "libgcrypt.so.20 libcrypto.so.3"]);
    expect(modeOf(["libc.so.6"], {}, { kernel: true })).toEqual([true, "libc.so.6"]);
    expect(modeOf([crypto, gcrypt], {})).toEqual([false, "libcrypto.so.3 libgcrypt.so.20"]);
    expect(modeOf([crypto], {}, { kernel: null })).toEqual([null, "libcrypto.so.3"]);
  });

  it.each<
    [
      files: readonly string[],
      environment: FipsEnvironment,
      switches: Partial<FipsSwitches>,
      fips: boolean | null,
      first: string,
    ]
  >([
    [[crypto, gcrypt], { LIBGCRYPT_FORCE_FIPS_MODE: "" }, {}, true, "libgcrypt.so.20"],
    [[crypto], { LIBGCRYPT_FORCE_FIPS_MODE: "1" }, {}, false, "libcrypto.so.3"],
    [[crypto, gcrypt], {}, { gcryptFile: true }, true, "libgcrypt.so.20"],
    [[gcrypt], {}, { gcryptFile: null }, null, "libgcrypt.so.20"],
    [[gcrypt], {}, { systemFips: true }, false, "libgcrypt.so.20"],
    [[old], {}, { systemFips: true }, true, "libgcrypt.so.20"],
    [["libgcrypt.so.20"], {}, { systemFips: true }, null, "libgcrypt.so.20"],
    [[gcrypt, crypto], { OPENSSL_FORCE_FIPS_MODE: "0" }, {}, true, "libcrypto.so.3"],
    [[crypto11], {}, { systemFips: true }, true, "libcrypto.so.1.1"],
    [[crypto], {}, { systemFips: true }, false, "libcrypto.so.3"],
    [[crypto], {}, { opensslConf: true }, true, "libcrypto.so.3"],
    [[crypto11], {}, { opensslConf: true }, false, "libcrypto.so.1.1"],
    [[crypto], {}, { opensslConf: null }, null, "libcrypto.so.3"],
    [[crypto], { OPENSSL_CONF: "/tmp/x" }, {}, null, "libcrypto.so.3"],
    [[gnutls], { GNUTLS_FORCE_FIPS_MODE: "1" }, {}, true, "libgnutls.so.30"],
    [[gnutls], { GNUTLS_FORCE_FIPS_MODE: "0" }, { systemFips: true }, false, "libgnutls.so.30"],
    [[gnutls], { GNUTLS_FORCE_FIPS_MODE: "0" }, { kernel: true }, false, "libgnutls.so.30"],
    [[gnutls, nss], { GNUTLS_FORCE_FIPS_MODE: "0" }, { kernel: true }, true, "libgnutls.so.30"],
    [[gnutls], {}, { systemFips: true }, true, "libgnutls.so.30"],
    [[gnutls], {}, { systemFips: null }, null, "libgnutls.so.30"],
    [[old], {}, { systemFips: null }, null, "libgcrypt.so.20"],
    [[crypto11], {}, { systemFips: null }, null, "libcrypto.so.1.1"],
    [[nss], { NSS_FIPS: "true" }, {}, true, "libsoftokn3.so"],
    [[nss], { NSS_FIPS: "0" }, {}, false, "libsoftokn3.so"],
  ])("with %j, %j and %j is %s", (files, environment, switches, fips, first) => {
    const [mode, order] = modeOf(files, environment, switches);
    expect([mode, String(order).split(" ")[0]]).toEqual([fips, first]);
  });

  it("is not known where the environment is not, unless it is on anyway", () => {
    expect(modeOf([gcrypt], null)[0]).toBeNull();
    expect(modeOf([gcrypt], null, { kernel: true })[0]).toBe(true);
    expect(modeOf(["libc.so.6"], null)[0]).toBe(false);
  });

  it.each<
    [why: string, files: readonly string[], environment: FipsEnvironment | null, switches: Partial<FipsSwitches>]
  >([
    ["libgcrypt.so.20: LIBGCRYPT_FORCE_FIPS_MODE is set", [gcrypt], { LIBGCRYPT_FORCE_FIPS_MODE: "1" }, {}],
    ["libgcrypt.so.20: /etc/gcrypt/fips_enabled exists", [gcrypt], {}, { gcryptFile: true }],
    ["libgcrypt.so.20: whether /etc/gcrypt/fips_enabled exists is unknown", [gcrypt], {}, { gcryptFile: null }],
    [
      "libgcrypt.so.20: /etc/system-fips makes it run its FIPS self-tests when it is loaded",
      [old],
      {},
      { systemFips: true },
    ],
    [
      "libgcrypt.so.20: /etc/system-fips makes libgcrypt before 1.10 run its FIPS self-tests when it is loaded, and its version is not known",
      ["libgcrypt.so.20"],
      {},
      { systemFips: true },
    ],
    ["libcrypto.so.3: OPENSSL_FORCE_FIPS_MODE is set", [crypto], { OPENSSL_FORCE_FIPS_MODE: "1" }, {}],
    ["libcrypto.so.3: OpenSSL's configuration requests it", [crypto], {}, { opensslConf: true }],
    ["libcrypto.so.3: OpenSSL's configuration could not be read completely", [crypto], {}, { opensslConf: null }],
    [
      "libcrypto.so.3: OPENSSL_CONF names a configuration that crngwatch does not read",
      [crypto],
      { OPENSSL_CONF: "/tmp/x" },
      { opensslConf: true },
    ],
    ["libcrypto.so.1.1: whether /etc/system-fips exists is unknown", [crypto11], {}, { systemFips: null }],
    ["libgnutls.so.30: GNUTLS_FORCE_FIPS_MODE is '2'", [gnutls], { GNUTLS_FORCE_FIPS_MODE: "2x" }, {}],
    [
      "the kernel is in FIPS mode, and libgnutls.so.30: GNUTLS_FORCE_FIPS_MODE is '0'",
      [gnutls],
      { GNUTLS_FORCE_FIPS_MODE: "0" },
      { kernel: true },
    ],
    ["libsoftokn3.so: NSS_FIPS is set", [nss], { NSS_FIPS: "1" }, {}],
    ["the kernel is in FIPS mode", [gcrypt], {}, { kernel: true }],
    ["the kernel's FIPS mode is not known", [gcrypt], {}, { kernel: null }],
    ["the kernel is not in FIPS mode, and the environment of the process is not known", [gcrypt], null, {}],
    ["neither the kernel nor a library is in FIPS mode", [gcrypt], {}, {}],
  ])("says what it rests on: %s", (why, files, environment, switches) => {
    expect(processFips(randomLibraries(files), environment, { ...off, ...switches }).why).toBe(why);
  });
});
