import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fipsVariables, parseFipsEnvironment } from "../../../src/parse/program/fips-environment.ts";

const environ = (...assignments: readonly string[]): Buffer =>
  Buffer.from(assignments.map((assignment) => `${assignment}\0`).join(""));

describe("/proc/PID/environ", () => {
  it("keeps what chooses FIPS mode, and nothing else", () => {
    expect(
      parseFipsEnvironment(
        environ(
          "PASSWORD=secret",
          "LIBGCRYPT_FORCE_FIPS_MODE=1",
          "OPENSSL_CONF=/etc/my ssl.cnf",
          "NSS_FIPS=",
          "HOME=/root",
        ),
      ),
    ).toEqual({
      LIBGCRYPT_FORCE_FIPS_MODE: "1",
      OPENSSL_CONF: "/etc/my ssl.cnf",
      NSS_FIPS: "",
    });
  });

  it("uses the first, as getenv(3)", () => {
    expect(parseFipsEnvironment(environ("NSS_FIPS=1", "NSS_FIPS=0"))).toEqual({ NSS_FIPS: "1" });
  });

  it("reads no other variable, nor another's value", () => {
    expect(parseFipsEnvironment(environ("MY_NSS_FIPS=1", "X=NSS_FIPS=1", "NSS_FIPSY=1", "NSS_FIPS"))).toEqual({});
  });

  it("may be cut anywhere, and hold anything", () => {
    expect(parseFipsEnvironment(Buffer.from("A=1\0NSS_FIPS=1"))).toEqual({ NSS_FIPS: "1" });
    expect(parseFipsEnvironment(Buffer.from(`OPENSSL_CONF=${"x".repeat(100_000)}`)).OPENSSL_CONF).toHaveLength(4096);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...fipsVariables.map((name) => `${name}=1`)))),
        (assignments) => {
          expect(
            Object.keys(parseFipsEnvironment(environ(...assignments))).every((name) =>
              assignments.some((assignment) => assignment.includes(name)),
            ),
          ).toBe(true);
        },
      ),
    );
  });
});
